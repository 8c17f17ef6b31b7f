// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.provisioning.core.x509;

import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The URIs with which NVFlare's certificates say what else they are for: subject alternative names
 * under {@code https://nvidia.com/nvflare/}. A certificate whose URIs there break the grammar is
 * refused; URIs elsewhere mean nothing.
 */
public final class NvflareUris {
  /** Marks a job CA, which is no identity of a site. */
  public static final String JOB_CA = "https://nvidia.com/nvflare/v1/ca/job";

  private static final String ROOT = "https://nvidia.com/nvflare/";
  private static final String ROOT_WITHOUT_END = "https://nvidia.com/nvflare";
  private static final String ROOT_WITH_PORT = "https://nvidia.com:443/nvflare";

  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int URI_NAME = 6;

  private static final String ENCODED = "(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})++";
  private static final Pattern KIND = Pattern.compile("v1/([A-Za-z0-9._~-]++)/" + ENCODED);
  private static final Pattern STUDY =
      Pattern.compile("v1/project/" + ENCODED + "/study/([a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)");
  private static final String NO_STUDY = "default";

  private static final String JOB = "job";
  private static final Set<String> OF_JOBS = Set.of(JOB, "cell", "ca");

  private NvflareUris() {}

  /**
   * Refuses a chain that is no identity of a participant: that of a job, of a job CA, or of
   * anything below a job CA, and a chain whose URIs break the grammar.
   *
   * @param chain leaf first
   * @throws CertificateException that says why
   */
  public static void requireParticipant(X509Certificate... chain) throws CertificateException {
    List<List<String>> uris = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      uris.add(uris(certificate));
    }
    requireParticipant(uris);
  }

  /**
   * As {@link #requireParticipant(X509Certificate...)}, for the URIs alone.
   *
   * @param chain every URI of each certificate, leaf first
   * @throws CertificateException that says why
   */
  public static void requireParticipant(List<List<String>> chain) throws CertificateException {
    for (List<String> certificate : chain) {
      List<String> uris = under(certificate);
      if (uris.contains(JOB_CA)) {
        throw new CertificateException("a job CA is in the chain: it names no participant");
      }
      for (String uri : uris) {
        if (OF_JOBS.contains(kind(uri))) {
          throw new CertificateException("a job's certificate names no participant");
        }
      }
    }
  }

  /** Tells whether a certificate has the mark of a job CA. */
  static boolean marksJobCa(X509Certificate certificate) throws CertificateException {
    return under(uris(certificate)).contains(JOB_CA);
  }

  /** Returns the URIs that mean something, or refuses the certificate. */
  private static List<String> under(List<String> all) throws CertificateException {
    List<String> uris = new ArrayList<>();
    int jobs = 0;
    for (String uri : all) {
      String spelling = uri.toLowerCase(Locale.ROOT);
      boolean ours =
          spelling.startsWith(ROOT)
              || spelling.equals(ROOT_WITHOUT_END)
              || spelling.startsWith(ROOT_WITH_PORT);
      if (ours) {
        requireGrammar(uri);
        uris.add(uri);
        jobs += kind(uri).equals(JOB) ? 1 : 0;
      }
    }
    if (jobs > 1) {
      throw new CertificateException("URIs of several jobs");
    }
    return uris;
  }

  private static void requireGrammar(String uri) throws CertificateException {
    String path = uri.startsWith(ROOT) ? uri.substring(ROOT.length()) : "";
    Matcher study = STUDY.matcher(path);
    boolean wellFormed =
        KIND.matcher(path).matches() || (study.matches() && !study.group(1).equals(NO_STUDY));
    if (!wellFormed) {
      throw new CertificateException("a URI under " + ROOT + " that is malformed");
    }
  }

  private static String kind(String uri) {
    Matcher kind = KIND.matcher(uri.substring(ROOT.length()));
    return kind.matches() ? kind.group(1) : "";
  }

  private static List<String> uris(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new CertificateException("unreadable subject alternative names", e);
    }
    if (names == null) {
      // The JDK passes over an extension that it cannot parse.
      if (certificate.getExtensionValue(ALTERNATIVE_NAMES) != null) {
        throw new CertificateException("unreadable subject alternative names");
      }
      return List.of();
    }
    return names.stream()
        .filter(name -> Integer.valueOf(URI_NAME).equals(name.get(0)))
        .map(name -> String.valueOf(name.get(1)))
        .toList();
  }
}
