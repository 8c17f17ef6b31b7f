// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.benchmarks;

import io.fedtrust.attestation.CCManager;
import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.Namespace;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.policy.AppraisalContext;
import io.fedtrust.attestation.policy.AppraisalPolicy;
import io.fedtrust.attestation.policy.AppraisalRules;
import io.fedtrust.attestation.policy.FederationPolicy;
import io.fedtrust.attestation.policy.ReferenceValue;
import io.fedtrust.attestation.providers.pki.Signatures;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.snp.policy.SnpVocabulary;
import io.fedtrust.attestation.providers.snp.verifier.SnpVerifier;
import io.fedtrust.attestation.providers.wire.InProcessNetwork;
import io.fedtrust.attestation.simulated.SimulatedReport;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.spi.CCAuthorizer;
import io.fedtrust.attestation.spi.PeerChannel;
import io.fedtrust.attestation.spi.PeerMessage;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The trust flow: a round of cross-site validation over peers that take their time, appraisal of
 * many tokens on two threads beside the raw signature, memory for each admitted site. Arguments:
 * peers (200), their milliseconds (100), tokens (10000), admitted sites (2000), rounds (9).
 */
public final class FlowRatios {
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant MADE = NOW.minus(Duration.ofDays(30));
  private static final byte[] MEASUREMENT = new byte[SnpField.MEASUREMENT.size()];

  private final SimulatedSnpPlatform platform =
      SimulatedSnpPlatform.create(ProductLine.MILAN, MADE, new SecureRandom());
  private final SnpVerifier verifier =
      SnpVerifier.builder().anchors(List.of(platform.anchor())).build();
  private final FederationPolicy policy =
      FederationPolicy.named("policy", "1")
          .anySite(
              AppraisalRules.of(new SnpVocabulary())
                  .measurement(ReferenceValue.of("good", HexFormat.of().formatHex(MEASUREMENT)))
                  .build())
          .build();
  private final Collateral collateral = Collateral.of(platform.collateral(platform.report(), MADE));
  private final KeyPair keys;
  private final X509Certificate root;

  private FlowRatios() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    this.keys = generator.generateKeyPair();
    this.root = certificate(new X500Name("CN=root"), true);
  }

  /** Runs and prints. */
  public static void main(String[] args) throws Exception {
    int[] given = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    int[] numbers = {200, 100, 10_000, 2000, 9};
    System.arraycopy(given, 0, numbers, 0, given.length);
    FlowRatios ratios = new FlowRatios();
    ratios.appraisal(numbers[2], numbers[4]);
    ratios.cycle(numbers[0], numbers[1], numbers[4]);
    ratios.memory(numbers[3]);
    System.exit(0);
  }

  private X509Certificate certificate(X500Name subject, boolean ca) throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    new X500Name("CN=root"),
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(MADE),
                    Date.from(NOW.plus(Duration.ofDays(30))),
                    subject,
                    keys.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(ca))
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
  }

  /** All sites share a key: the server cannot tell, and making one for each takes minutes. */
  private SiteIdentity identity(String name, String role) throws Exception {
    X500Name subject =
        new X500NameBuilder()
            .addRDN(BCStyle.CN, new DERUTF8String(name))
            .addRDN(BCStyle.UnstructuredName, new DERUTF8String(role))
            .build();
    return SiteIdentity.of(
        "project", List.of(certificate(subject, false)), keys.getPrivate(), root);
  }

  private CCManager manager(
      InProcessNetwork network,
      String name,
      String role,
      ScheduledExecutorService executor,
      Function<PeerChannel, PeerChannel> slowed)
      throws Exception {
    CCManager manager =
        CCManager.builder(identity(name, role), "server", policy, slowed.apply(network.from(name)))
            .authorizer(
                CCAuthorizer.of(platform.collector(MEASUREMENT), verifier)
                    .withCollateral(evidence -> collateral))
            .clock(() -> NOW, System::nanoTime)
            .provider(PROVIDER)
            .executor(executor)
            .batchWindow(Duration.ZERO)
            .requestLimit(EvidencePurpose.CROSS_SITE, Integer.MAX_VALUE, Duration.ofSeconds(1))
            .verifyFrequency(Duration.ofDays(1))
            .build();
    network.join(name, manager);
    return manager;
  }

  /** Servers and provers have threads of their own, so that the work of either can be told. */
  private void cycle(int peers, int millis, int rounds) throws Exception {
    List<Thread> serving = new CopyOnWriteArrayList<>();
    ScheduledExecutorService servers =
        Executors.newScheduledThreadPool(
            2,
            work -> {
              Thread thread = new Thread(work);
              serving.add(thread);
              return thread;
            });
    ScheduledExecutorService provers = Executors.newScheduledThreadPool(2);
    InProcessNetwork network = new InProcessNetwork();
    CCManager server =
        manager(network, "server", "server", servers, channel -> slow(channel, millis));
    server.start();
    for (int i = 0; i < peers; i++) {
      CCManager client = manager(network, "site-" + i, "client", provers, channel -> channel);
      client.start();
      client.register().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
    double[] seconds = new double[rounds];
    double[] work = new double[rounds];
    for (int round = -3; round < rounds; round++) {
      double before = cpuSeconds(serving);
      CCEvent.RoundEnded ended =
          server.validate().toCompletableFuture().get(1, TimeUnit.MINUTES).orElseThrow();
      if (ended.answered() != peers) {
        throw new IllegalStateException("only " + ended.answered());
      }
      if (round >= 0) {
        seconds[round] = ended.took().toNanos() / 1e9;
        work[round] = cpuSeconds(serving) - before;
      }
    }
    Arrays.sort(seconds);
    Arrays.sort(work);
    System.out.printf(
        Locale.ROOT,
        "cross-site, %d peers that take %d ms: %.2f s a round with all attesters on this machine,"
            + " %.3f of one after the other; the server's share is %.2f s of CPU%n",
        peers,
        millis,
        seconds[rounds / 2],
        seconds[rounds / 2] / (peers * millis / 1000.0),
        work[rounds / 2]);
    servers.shutdownNow();
    provers.shutdownNow();
  }

  private static double cpuSeconds(List<Thread> threads) {
    return threads.stream()
            .mapToLong(
                thread -> ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()))
            .sum()
        / 1e9;
  }

  private static PeerChannel slow(PeerChannel channel, int millis) {
    return (peer, message, deadline) ->
        channel
            .request(peer, message, deadline)
            .thenCompose(
                reply ->
                    new CompletableFuture<PeerMessage>()
                        .completeOnTimeout(reply, millis, TimeUnit.MILLISECONDS));
  }

  private record Token(Evidence evidence, byte[] signed, byte[] signature, PublicKey key) {}

  private void appraisal(int count, int rounds) throws Exception {
    Chips chips = new Chips(2000, false);
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Chips.Chip chip = chips.chips.get(i % chips.chips.size());
      SimulatedReport report =
          chips
              .root
              .report()
              .set(
                  SnpField.CHIP_ID,
                  Arrays.copyOfRange(
                      chip.report,
                      SnpField.CHIP_ID.offset(),
                      SnpField.CHIP_ID.offset() + SnpField.CHIP_ID.size()))
              .set(SnpField.REPORT_DATA, ByteBuffer.allocate(64).putInt(i).array())
              .set(SnpField.MEASUREMENT, MEASUREMENT);
      byte[] bytes = chips.root.sign(report);
      tokens.add(
          new Token(
              Evidence.of(EvidenceForm.SNP_REPORT, Base64.getEncoder().encodeToString(bytes)),
              Arrays.copyOf(bytes, SnpField.SIGNED_BYTES),
              Signatures.p384(
                      Chips.number(bytes, SnpField.SIGNATURE_R),
                      Chips.number(bytes, SnpField.SIGNATURE_S))
                  .orElseThrow(),
              chip.curveKey));
    }
    SnpVerifier own = chips.verifier();
    AppraisalPolicy rules = policy.find("site", Namespace.SNP).orElseThrow();
    double[] ratio = new double[rounds];
    double[] rate = new double[rounds];
    for (int round = -2; round < rounds; round++) {
      double raw =
          seconds(
              tokens,
              () -> {
                Signature signature = Chips.curve();
                return token -> {
                  try {
                    signature.initVerify(token.key());
                    signature.update(token.signed());
                    return signature.verify(token.signature());
                  } catch (GeneralSecurityException e) {
                    return false;
                  }
                };
              });
      double appraised =
          seconds(
              tokens,
              () ->
                  token ->
                      rules
                          .appraise(
                              token.evidence(),
                              own.verify(token.evidence(), chips.all, Chips.NOW),
                              AppraisalContext.evidenceAlone("site", Chips.NOW))
                          .trusted());
      if (round >= 0) {
        ratio[round] = raw / appraised;
        rate[round] = count / appraised;
      }
    }
    Arrays.sort(ratio);
    Arrays.sort(rate);
    System.out.printf(
        Locale.ROOT,
        "appraising %d tokens of 2000 chips on two threads: %.2f of the raw P-384 rate"
            + " (%.2f to %.2f), %.0f a second%n",
        count,
        ratio[rounds / 2],
        ratio[0],
        ratio[rounds - 1],
        rate[rounds / 2]);
  }

  private static double seconds(List<Token> tokens, Callable<Function<Token, Boolean>> operation)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Boolean>> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        List<Token> mine = tokens.subList(half * tokens.size() / 2, (half + 1) * tokens.size() / 2);
        halves.add(
            () -> {
              Function<Token, Boolean> one = operation.call();
              for (Token token : mine) {
                if (!one.apply(token)) {
                  throw new IllegalStateException("not trusted");
                }
              }
              return true;
            });
      }
      long start = System.nanoTime();
      for (Future<Boolean> done : executor.invokeAll(halves)) {
        done.get();
      }
      return (System.nanoTime() - start) / 1e9;
    } finally {
      executor.shutdown();
    }
  }

  private void memory(int sites) throws Exception {
    ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    InProcessNetwork network = new InProcessNetwork();
    CCManager server = manager(network, "server", "server", executor, channel -> channel);
    long before = used();
    ScheduledExecutorService clients = Executors.newScheduledThreadPool(2);
    for (int i = 0; i < sites; i++) {
      CCManager client = manager(network, "site-" + i, "client", clients, channel -> channel);
      client.register().toCompletableFuture().get(1, TimeUnit.MINUTES);
      client.close();
      network.leave("site-" + i);
    }
    // What a client keeps is not the server's.
    clients.shutdownNow();
    clients = null;
    long whole = used() - before;
    long tokenBytes = server.entries().get("site-0").get(0).token().length();
    long full = used();
    for (int i = 0; i < sites; i++) {
      server.leave("site-" + i);
    }
    long empty = used();
    System.out.printf(
        Locale.ROOT,
        "memory for each admitted site: %d bytes beside the token's %d;"
            + " what is remembered of its certificates and asks included %d%n",
        (full - empty) / sites - tokenBytes,
        tokenBytes,
        whole / sites - tokenBytes);
    executor.shutdownNow();
  }

  private static long used() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      TimeUnit.MILLISECONDS.sleep(200);
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
