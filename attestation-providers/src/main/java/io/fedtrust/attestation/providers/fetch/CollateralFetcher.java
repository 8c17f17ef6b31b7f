// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Collateral;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.collateral.CollateralEntry;
import io.fedtrust.attestation.providers.collateral.FetchSettings;
import io.fedtrust.attestation.providers.collateral.FetchedCollateral;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fetches items, once each. What was fetched is kept in memory and, if a folder is given, on disk.
 * A service that refuses or fails is left alone for a growing while. Nothing that is fetched is
 * trusted: verifiers prove it. Safe for threads.
 */
public final class CollateralFetcher {
  private static final int MAX_KEPT = 20_000;
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final int NOT_FOUND = 404;
  private static final int SUCCESS = 200;

  private final FetchSettings settings;
  private final BoundedHttp http;
  private final Cache<FetchRequest.Name, CollateralEntry> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).build();
  private final Map<FetchRequest.Name, CompletableFuture<List<CollateralEntry>>> requests =
      new ConcurrentHashMap<>();
  private final Map<String, BackOff> backOffs = new ConcurrentHashMap<>();

  /** Starts with what the folder has. */
  public CollateralFetcher(FetchSettings settings) {
    this.settings = settings;
    this.http = new BoundedHttp(settings.timeout(), settings.tls());
    settings.folder().stream()
        .flatMap(known -> known.entries().stream())
        .forEach(entry -> kept.put(name(entry), entry));
  }

  private static FetchRequest.Name name(CollateralEntry entry) {
    return new FetchRequest.Name(entry.item().kind(), entry.item().subject());
  }

  /** What is got for one piece of evidence. */
  public final class Basket {
    private final List<CollateralItem> items = new ArrayList<>();
    private final List<AttestationException> failures = new ArrayList<>();

    private Basket() {}

    /**
     * Gets items, or notes why not.
     *
     * @return the items, or empty
     */
    public Optional<List<CollateralItem>> get(FetchRequest want) {
      try {
        List<CollateralItem> got = CollateralFetcher.this.get(want);
        items.addAll(got);
        return Optional.of(got);
      } catch (AttestationException e) {
        failures.add(e);
        return Optional.empty();
      }
    }

    /** Notes why something cannot be got. */
    public void failed(AttestationException failure) {
      failures.add(failure);
    }

    /** Forgets failures that do not matter any more, because another attempt succeeded. */
    public void forgive() {
      failures.clear();
    }

    /** Returns all of it. */
    public FetchedCollateral fetched() {
      Collateral collateral = Collateral.of(items);
      return new FetchedCollateral(
          settings.folder().map(known -> collateral.withFloors(known.floors())).orElse(collateral),
          failures);
    }
  }

  /** Starts for one piece of evidence. */
  public Basket basket() {
    return new Basket();
  }

  private List<CollateralItem> get(FetchRequest want) {
    return sufficient(want).orElseGet(() -> requested(want)).stream()
        .map(CollateralEntry::item)
        .toList();
  }

  /** Returns what is kept, if it need not be asked for again. */
  private Optional<List<CollateralEntry>> sufficient(FetchRequest want) {
    List<CollateralEntry> known = known(want);
    return known.isEmpty() || known.stream().anyMatch(this::isStale) || isOutdated(want, known)
        ? Optional.empty()
        : Optional.of(known);
  }

  /** Returns what is kept, if it is all that is wanted. */
  private List<CollateralEntry> known(FetchRequest want) {
    List<CollateralEntry> known =
        want.names().stream().map(kept::getIfPresent).filter(entry -> entry != null).toList();
    return known.size() == want.names().size() ? known : List.of();
  }

  /** One request for one thing: the first caller sends it, the others wait for its answer. */
  private List<CollateralEntry> requested(FetchRequest want) {
    FetchRequest.Name name = want.names().get(0);
    CompletableFuture<List<CollateralEntry>> own = new CompletableFuture<>();
    CompletableFuture<List<CollateralEntry>> running = requests.putIfAbsent(name, own);
    if (running == null) {
      request(want, own);
      requests.remove(name, own);
    }
    try {
      return (running == null ? own : running).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof AttestationException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private void request(FetchRequest want, CompletableFuture<List<CollateralEntry>> answer) {
    try {
      // Another caller's request may have ended since this caller looked.
      Optional<List<CollateralEntry>> arrived = sufficient(want);
      answer.complete(arrived.isPresent() ? arrived.get() : refreshed(want, known(want)));
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  private boolean isStale(CollateralEntry entry) {
    Instant now = settings.clock().instant();
    return entry.nextUpdate().isPresent()
        && (entry.isExpired(now) || !now.isBefore(entry.fetchedAt().plus(settings.listLife())));
  }

  private boolean isOutdated(FetchRequest want, List<CollateralEntry> known) {
    Instant asked = settings.clock().instant().minus(SHORTEST);
    return known.stream().allMatch(entry -> entry.fetchedAt().isBefore(asked))
        && want.outdated().test(known);
  }

  private List<CollateralEntry> refreshed(FetchRequest want, List<CollateralEntry> known) {
    try {
      List<CollateralEntry> fresh = entries(want, ask(want));
      fresh.forEach(entry -> kept.put(name(entry), entry));
      settings.folder().ifPresent(place -> place.add(fresh));
      return fresh;
    } catch (AttestationException e) {
      Instant now = settings.clock().instant();
      if (!known.isEmpty() && known.stream().noneMatch(entry -> entry.isExpired(now))) {
        return known;
      }
      throw e;
    }
  }

  private BoundedHttp.Answer ask(FetchRequest want) {
    if (settings.offline()) {
      throw unavailable(want.uri(), "the item is missing, and this client is offline");
    }
    Instant now = settings.clock().instant();
    BackOff backOff =
        backOffs.computeIfAbsent(String.valueOf(want.uri().getAuthority()), host -> new BackOff());
    Optional<Instant> rest = backOff.restingUntil(now);
    if (rest.isPresent()) {
      throw unavailable(
          want.uri(),
          "the service failed before; the next request is made after "
              + rest.get().truncatedTo(ChronoUnit.SECONDS));
    }
    try {
      BoundedHttp.Answer answer = send(want);
      if (answer.status() == SUCCESS) {
        backOff.succeeded();
        return answer;
      }
      if (answer.status() != NOT_FOUND) {
        backOff.failed(settings.clock().instant(), answer.retryAfter().orElse(Duration.ZERO));
      }
      throw unavailable(want.uri(), "expected status 200, was " + answer.status());
    } catch (IOException e) {
      backOff.failed(settings.clock().instant(), Duration.ZERO);
      throw because(want.uri(), e);
    }
  }

  private BoundedHttp.Answer send(FetchRequest want) throws IOException {
    return want.question().isPresent()
        ? http.post(
            want.uri(),
            want.headers(),
            want.question().get().contentType(),
            want.question().get().content(),
            want.maxBytes())
        : http.get(want.uri(), want.headers(), want.maxBytes());
  }

  private List<CollateralEntry> entries(FetchRequest want, BoundedHttp.Answer answer) {
    try {
      List<CollateralEntry> entries = want.reading().read(answer, settings.clock().instant());
      List<FetchRequest.Name> names = entries.stream().map(CollateralFetcher::name).toList();
      if (!names.equals(want.names())) {
        throw new UnreadableException("expected " + want.names() + ", was " + names);
      }
      return entries;
    } catch (MalformedEvidenceException | IOException e) {
      throw because(want.uri(), e);
    }
  }

  private static AttestationException because(URI uri, Exception cause) {
    return AttestationException.because(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), cause);
  }

  private static AttestationException unavailable(URI uri, String problem) {
    return AttestationException.of(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), problem);
  }
}
