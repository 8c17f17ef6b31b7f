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
 * Fetches items, once each. Fetched items are stored in memory and, if there is a folder, on disk.
 * After a service refuses or fails, it receives no request for a growing time. Fetched items are
 * not trusted; verifiers check them. Safe for threads.
 */
public final class CollateralFetcher {
  private static final int MAX_KEPT = 20_000;
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final int NOT_FOUND = 404;
  private static final int SUCCESS = 200;

  private final FetchSettings settings;
  private final BoundedHttp http;
  private final Cache<FetchRequest.ItemName, CollateralEntry> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).build();
  private final Map<FetchRequest.ItemName, CompletableFuture<List<CollateralEntry>>> requests =
      new ConcurrentHashMap<>();
  private final Map<String, BackOff> backOffs = new ConcurrentHashMap<>();

  /** Starts with the items of the folder. */
  public CollateralFetcher(FetchSettings settings) {
    this.settings = settings;
    this.http = new BoundedHttp(settings.timeout(), settings.tls());
    settings.folder().stream()
        .flatMap(known -> known.entries().stream())
        .forEach(entry -> kept.put(name(entry), entry));
  }

  private static FetchRequest.ItemName name(CollateralEntry entry) {
    return new FetchRequest.ItemName(entry.item().kind(), entry.item().subject());
  }

  /** The items that are fetched for one piece of evidence. */
  public final class Session {
    private final List<CollateralItem> items = new ArrayList<>();
    private final List<AttestationException> failures = new ArrayList<>();

    private Session() {}

    /**
     * Returns items, or records why they are missing.
     *
     * @return the items, or empty
     */
    public Optional<List<CollateralItem>> get(FetchRequest request) {
      try {
        List<CollateralItem> got = CollateralFetcher.this.get(request);
        items.addAll(got);
        return Optional.of(got);
      } catch (AttestationException e) {
        failures.add(e);
        return Optional.empty();
      }
    }

    /** Records why something is missing. */
    public void failed(AttestationException failure) {
      failures.add(failure);
    }

    /** Removes failures that no longer matter, because another attempt succeeded. */
    public void clearFailures() {
      failures.clear();
    }

    /** Returns all items and failures. */
    public FetchedCollateral fetched() {
      Collateral collateral = Collateral.of(items);
      return new FetchedCollateral(
          settings.folder().map(known -> collateral.withFloors(known.floors())).orElse(collateral),
          failures);
    }
  }

  /** Starts a session for one piece of evidence. */
  public Session session() {
    return new Session();
  }

  private List<CollateralItem> get(FetchRequest request) {
    return sufficient(request).orElseGet(() -> requested(request)).stream()
        .map(CollateralEntry::item)
        .toList();
  }

  /** Returns the stored items, if they need not be requested again. */
  private Optional<List<CollateralEntry>> sufficient(FetchRequest request) {
    List<CollateralEntry> known = known(request);
    return known.isEmpty() || known.stream().anyMatch(this::isStale) || isOutdated(request, known)
        ? Optional.empty()
        : Optional.of(known);
  }

  /** Returns the stored items, if all are there. */
  private List<CollateralEntry> known(FetchRequest request) {
    List<CollateralEntry> known =
        request.names().stream().map(kept::getIfPresent).filter(entry -> entry != null).toList();
    return known.size() == request.names().size() ? known : List.of();
  }

  /**
   * Sends one request for one item: the first caller sends it, the others wait for the response.
   */
  private List<CollateralEntry> requested(FetchRequest request) {
    FetchRequest.ItemName name = request.names().get(0);
    CompletableFuture<List<CollateralEntry>> own = new CompletableFuture<>();
    CompletableFuture<List<CollateralEntry>> running = requests.putIfAbsent(name, own);
    if (running == null) {
      request(request, own);
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

  private void request(FetchRequest request, CompletableFuture<List<CollateralEntry>> answer) {
    try {
      // Another caller's request may have completed since this caller looked.
      Optional<List<CollateralEntry>> arrived = sufficient(request);
      answer.complete(arrived.isPresent() ? arrived.get() : refreshed(request, known(request)));
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  private boolean isStale(CollateralEntry entry) {
    Instant now = settings.clock().instant();
    return entry.nextUpdate().isPresent()
        && (entry.isExpired(now) || !now.isBefore(entry.fetchedAt().plus(settings.listLife())));
  }

  private boolean isOutdated(FetchRequest request, List<CollateralEntry> known) {
    Instant asked = settings.clock().instant().minus(SHORTEST);
    return known.stream().allMatch(entry -> entry.fetchedAt().isBefore(asked))
        && request.outdated().test(known);
  }

  private List<CollateralEntry> refreshed(FetchRequest request, List<CollateralEntry> known) {
    try {
      List<CollateralEntry> fresh = entries(request, response(request));
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

  private BoundedHttp.Response response(FetchRequest request) {
    if (settings.offline()) {
      throw unavailable(request.uri(), "the item is missing, and this client is offline");
    }
    Instant now = settings.clock().instant();
    BackOff backOff =
        backOffs.computeIfAbsent(
            String.valueOf(request.uri().getAuthority()), host -> new BackOff());
    Optional<Instant> rest = backOff.restingUntil(now);
    if (rest.isPresent()) {
      throw unavailable(
          request.uri(),
          "the service failed before; the next request is made after "
              + rest.get().truncatedTo(ChronoUnit.SECONDS));
    }
    try {
      BoundedHttp.Response answer = send(request);
      if (answer.status() == SUCCESS) {
        backOff.succeeded();
        return answer;
      }
      if (answer.status() != NOT_FOUND) {
        backOff.failed(settings.clock().instant(), answer.retryAfter().orElse(Duration.ZERO));
      }
      throw unavailable(request.uri(), "expected status 200, was " + answer.status());
    } catch (IOException e) {
      backOff.failed(settings.clock().instant(), Duration.ZERO);
      throw because(request.uri(), e);
    }
  }

  private BoundedHttp.Response send(FetchRequest request) throws IOException {
    return request.body().isPresent()
        ? http.post(
            request.uri(),
            request.headers(),
            request.body().get().contentType(),
            request.body().get().content(),
            request.maxBytes())
        : http.get(request.uri(), request.headers(), request.maxBytes());
  }

  private List<CollateralEntry> entries(FetchRequest request, BoundedHttp.Response answer) {
    try {
      List<CollateralEntry> entries = request.parser().read(answer, settings.clock().instant());
      List<FetchRequest.ItemName> names = entries.stream().map(CollateralFetcher::name).toList();
      if (!names.equals(request.names())) {
        throw new UnreadableException("expected " + request.names() + ", was " + names);
      }
      return entries;
    } catch (MalformedEvidenceException | IOException e) {
      throw because(request.uri(), e);
    }
  }

  private static AttestationException because(URI uri, Exception cause) {
    return AttestationException.because(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), cause);
  }

  private static AttestationException unavailable(URI uri, String problem) {
    return AttestationException.of(ErrorCode.COLLATERAL_UNAVAILABLE, uri.toString(), problem);
  }
}
