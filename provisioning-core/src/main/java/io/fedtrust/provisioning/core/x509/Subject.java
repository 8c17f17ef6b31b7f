// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** The three attributes of a subject that this PKI uses. */
public final class Subject {
  private Subject() {}

  /** Builds a name of UTF8String values, one attribute per RDN: CN, O, unstructuredName. */
  static X500Name of(String commonName, Optional<String> organization, Optional<String> type) {
    RDN[] rdns =
        java.util.stream.Stream.of(
                Optional.of(rdn(BCStyle.CN, commonName)),
                organization.map(o -> rdn(BCStyle.O, o)),
                type.map(t -> rdn(BCStyle.UnstructuredName, t)))
            .flatMap(Optional::stream)
            .toArray(RDN[]::new);
    return new X500Name(rdns);
  }

  /** Returns the first common name. */
  public static Optional<String> commonName(X500Name name) {
    return first(name, BCStyle.CN);
  }

  /** Returns the first organization. */
  public static Optional<String> organization(X500Name name) {
    return first(name, BCStyle.O);
  }

  /** Returns the first unstructuredName: the certificate type. */
  public static Optional<String> certType(X500Name name) {
    return first(name, BCStyle.UnstructuredName);
  }

  /** Tells whether an attribute that must be unique occurs more than once. */
  static boolean hasRepeats(X500Name name) {
    return List.of(
            BCStyle.CN, BCStyle.O, BCStyle.C, BCStyle.ST, BCStyle.L, BCStyle.UnstructuredName)
        .stream()
        .anyMatch(type -> values(name, type).size() > 1);
  }

  private static Optional<String> first(X500Name name, ASN1ObjectIdentifier type) {
    return values(name, type).stream().findFirst();
  }

  private static List<String> values(X500Name name, ASN1ObjectIdentifier type) {
    return Arrays.stream(name.getRDNs())
        .flatMap(rdn -> Arrays.stream(rdn.getTypesAndValues()))
        .filter(attribute -> attribute.getType().equals(type))
        .map(AttributeTypeAndValue::getValue)
        .map(value -> value instanceof ASN1String text ? text.getString() : value.toString())
        .toList();
  }

  private static RDN rdn(ASN1ObjectIdentifier type, String value) {
    return new RDN(type, new DERUTF8String(value));
  }
}
