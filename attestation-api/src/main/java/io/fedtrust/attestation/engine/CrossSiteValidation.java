// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.event.CCEvent;
import io.fedtrust.attestation.event.CCEvent.Occasion;
import io.fedtrust.attestation.model.EvidencePurpose;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.model.ReasonCode;
import io.fedtrust.attestation.model.SiteIdentity;
import io.fedtrust.attestation.protocol.EvidenceRequest;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.PeerMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every other site again and again, all at once, and one round at a time
 * (docs/protocol/exchange.md#cross-site-round). Who does not answer costs nobody else anything.
 */
final class CrossSiteValidation implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.fedtrust.attestation");
  private static final double JITTER = 0.2;

  /** For no longer can a refusal put off the next question. */
  private static final Duration LONGEST_PUT_OFF = Duration.ofSeconds(60);

  private static final int MAX_SITES = 10_000;
  private static final int MAX_NAME_CHARACTERS = 256;

  private final Settings settings;
  private final PeerCalls requests;
  private final Challenger challenger;
  private final AdmissionControl admissionControl;
  private final Events events;
  private final SiteJudging judging;

  /** Until when a site is not asked, on the monotonic clock: it is busy for longer than a round. */
  private final Map<String, Long> busyUntil = new ConcurrentHashMap<>();

  private final AtomicBoolean running = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private @Nullable ScheduledFuture<?> next;

  CrossSiteValidation(
      Settings settings,
      PeerCalls requests,
      Challenger challenger,
      AdmissionControl admissionControl,
      Events events) {
    this.settings = settings;
    this.requests = requests;
    this.challenger = challenger;
    this.admissionControl = admissionControl;
    this.events = events;
    this.judging = new SiteJudging(settings);
  }

  /** Begins, after a random part of a fifth of the interval; nothing if it has begun. */
  synchronized void start() {
    if (next == null && !closed.get()) {
      schedule(Duration.ZERO);
    }
  }

  /** Every wait is longer by up to a fifth, so that sites do not fall into step. */
  private synchronized void schedule(Duration wait) {
    double part = JITTER * settings.random().nextDouble();
    long jitter = (long) (settings.timing().verifyFrequency().toNanos() * part);
    if (!closed.get()) {
      next =
          settings
              .timers()
              .schedule(
                  () -> settings.begin(this::due), wait.toNanos() + jitter, TimeUnit.NANOSECONDS);
    }
  }

  private void due() {
    schedule(settings.timing().verifyFrequency());
    CompletableFuture<Optional<CCEvent.RoundEnded>> unused = round();
  }

  /** One round; none if one is running. */
  CompletableFuture<Optional<CCEvent.RoundEnded>> round() {
    if (closed.get()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    if (!running.compareAndSet(false, true)) {
      events.tell(new CCEvent.RoundSkipped(settings.clock().instant()));
      return CompletableFuture.completedFuture(Optional.empty());
    }
    long start = settings.nanoTime().getAsLong();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    // A round must be over before the next is due, whatever one site does.
    Deadline end = Deadline.in(settings.timing().verifyFrequency(), settings.nanoTime());
    return CompletableFuture.completedFuture(end)
        .thenCompose(begun -> peers())
        .thenComposeAsync(
            sites -> {
              asked.set(sites.size());
              return requests.each(sites, site -> validate(site, end, answered));
            },
            settings.work())
        .handle(
            (nothing, failure) -> {
              try {
                admissionControl.admissions().members().forEach(admissionControl::lapse);
              } finally {
                running.set(false);
              }
              if (closed.get()) {
                return Optional.empty();
              }
              CCEvent.RoundEnded ended =
                  new CCEvent.RoundEnded(
                      settings.clock().instant(),
                      asked.get(),
                      answered.get(),
                      Duration.ofNanos(settings.nanoTime().getAsLong() - start));
              events.tell(ended);
              return Optional.of(ended);
            });
  }

  /** Whoever proved itself here before, and at a client whom the server names as well. */
  private CompletableFuture<Set<String>> peers() {
    Set<String> known = new TreeSet<>(admissionControl.admissions().members());
    if (settings.isServer()) {
      return CompletableFuture.completedFuture(askable(known));
    }
    known.add(settings.server());
    return requests
        .send(
            settings.server(),
            new PeerMessage(Topics.GET_SITES, Map.of(Topics.REQUESTER, settings.site().name())),
            settings.timing().requestTimeout())
        .handle(
            (reply, failure) -> {
              if (reply instanceof Reply.Answered answered) {
                known.addAll(named(answered.message().body().get(Topics.SITES)));
              }
              return askable(known);
            });
  }

  private Set<String> askable(Set<String> sites) {
    sites.remove(settings.site().name());
    sites.removeIf(admissionControl::isDenied);
    sites.removeIf(this::isPutOff);
    // Its former answer is still appraised: another would only wait behind it.
    sites.removeIf(judging::isUnderWay);
    return sites;
  }

  /** NVFlare's list of pairs: how to reach a site, and its name. */
  private Set<String> named(@Nullable Object sites) {
    Set<String> names = new TreeSet<>();
    if (sites instanceof List<?> pairs && pairs.size() <= MAX_SITES) {
      for (Object pair : pairs) {
        if (pair instanceof List<?> items
            && items.size() == 2
            && items.get(1) instanceof String name
            && name.length() <= MAX_NAME_CHARACTERS) {
          names.add(name.equals(SiteIdentity.SERVER_ALIAS) ? settings.server() : name);
        }
      }
    }
    return names;
  }

  private CompletableFuture<Reply> asked(String site, Deadline end) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(Topics.REQUESTER, settings.site().name());
    if (!admissionControl.isNvflarePeer(site)) {
      body.put(
          Topics.ASK,
          challenger
              .request(
                  EvidenceRequest.Mode.BATCH,
                  EvidencePurpose.CROSS_SITE,
                  site,
                  Optional.empty(),
                  settings.timing().challengeLife(),
                  settings.clock().instant())
              .toMap());
    }
    return requests
        .send(site, new PeerMessage(Topics.FRESH_TOKEN, body), timeout(end))
        .exceptionally(failure -> new Reply.Silent(Failures.text(Failures.cause(failure))));
  }

  /**
   * Once in a round whoever is busy is asked again, if the round has time for the whole of it; the
   * outcome counts once.
   */
  private CompletableFuture<Void> validate(String site, Deadline end, AtomicInteger answered) {
    return asked(site, end)
        .thenCompose(
            reply ->
                wait(reply)
                    .filter(wait -> wait.plus(timeout()).compareTo(end.remaining()) < 0)
                    .map(wait -> requests.pause(wait).thenCompose(over -> asked(site, end)))
                    .orElseGet(() -> CompletableFuture.completedFuture(reply)))
        .thenCompose(reply -> judging.judge(site, () -> conclude(site, reply)))
        .handleAsync(
            (concluded, failure) -> {
              if (failure == null && concluded.isEmpty()) {
                LOG.error(
                    "the answer of {} was not appraised in {}: a verifier or a source of collateral"
                        + " hangs",
                    site,
                    judging.limit());
              } else if (failure == null && concluded.get()) {
                answered.incrementAndGet();
              }
              return null;
            },
            settings.work());
  }

  private static Optional<Duration> wait(Reply reply) {
    return reply instanceof Reply.Refused refused ? refused.refusal().again() : Optional.empty();
  }

  private void putOff(String site, Duration wait) {
    Duration time = wait.compareTo(LONGEST_PUT_OFF) < 0 ? wait : LONGEST_PUT_OFF;
    busyUntil.put(site, settings.nanoTime().getAsLong() + time.toNanos());
  }

  private boolean isPutOff(String site) {
    Long until = busyUntil.get(site);
    if (until != null && settings.nanoTime().getAsLong() - until >= 0) {
      busyUntil.remove(site);
      return false;
    }
    return until != null;
  }

  /** True if it was an answer. */
  private boolean conclude(String site, Reply reply) {
    if (closed.get()) {
      return false;
    }
    if (reply instanceof Reply.Refused refused) {
      wait(reply).ifPresent(wait -> putOff(site, wait));
      admissionControl.refused(Occasion.CROSS_SITE, site, refused.refusal());
    } else if (!(reply instanceof Reply.Answered answer)) {
      admissionControl.missed(Occasion.CROSS_SITE, site, reply.problem());
    } else {
      return judge(site, answer.message().body());
    }
    return false;
  }

  private Duration timeout() {
    return shorter(settings.timing().collectionTimeout(), settings.timing().verifyFrequency());
  }

  private Duration timeout(Deadline end) {
    return shorter(settings.timing().collectionTimeout(), end.remaining());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private boolean judge(String site, Map<String, Object> reply) {
    try {
      boolean server = site.equals(settings.server());
      requireOf(site, server, reply.get(Topics.SITE_NAME));
      admissionControl.answered(
          EvidencePurpose.CROSS_SITE,
          site,
          server ? SiteIdentity.SERVER_ALIAS : "",
          reply,
          Topics.REPLY_INFO);
      return true;
    } catch (MalformedEvidenceException e) {
      admissionControl.missed(Occasion.CROSS_SITE, site, e.check().toString());
      return false;
    } catch (RuntimeException | Error e) {
      admissionControl.missed(Occasion.CROSS_SITE, site, Failures.text(e));
      return false;
    }
  }

  private void requireOf(String site, boolean server, @Nullable Object claimed)
      throws MalformedEvidenceException {
    boolean nothingToShow =
        admissionControl.isNvflarePeer(site) && admissionControl.isUnattested(site);
    if (!nothingToShow
        && !site.equals(claimed)
        && !(server && SiteIdentity.SERVER_ALIAS.equals(claimed))) {
      throw MalformedEvidenceException.of(
          "exchange.subject",
          ReasonCode.SUBJECT_MISMATCH,
          "an answer of " + site,
          "one of another site",
          "docs/protocol/exchange.md#cross-site-round");
    }
  }

  @Override
  public synchronized void close() {
    closed.set(true);
    if (next != null) {
      next.cancel(false);
    }
  }
}
