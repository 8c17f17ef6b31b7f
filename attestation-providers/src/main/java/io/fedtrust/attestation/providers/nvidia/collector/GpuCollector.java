// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.providers.nvidia.collector;

import io.fedtrust.attestation.error.AttestationException;
import io.fedtrust.attestation.error.ErrorCode;
import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.MalformedEvidenceException;
import io.fedtrust.attestation.providers.codec.BoundedFile;
import io.fedtrust.attestation.providers.codec.UnreadableException;
import io.fedtrust.attestation.providers.command.CommandTemplate;
import io.fedtrust.attestation.providers.nvidia.format.GpuEvidence;
import io.fedtrust.attestation.providers.nvidia.format.SpdmReport;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Collects evidence of all of NVIDIA's devices of this machine with an external tool. Java has no
 * stable way into the driver's library, and a tool that fails takes nothing else down.
 */
public final class GpuCollector implements EvidenceCollector {
  /** Stands for the nonce, 64 lower-case hex digits, in a command or the name of a file. */
  public static final String NONCE = "{nonce}";

  /** NVIDIA's own tool. */
  public static final List<String> NVATTEST =
      List.of(
          "nvattest", "collect-evidence", "--device", "gpu", "--nonce", NONCE, "--format", "json");

  /** The same for NVSwitches. */
  public static final List<String> NVATTEST_SWITCHES =
      NVATTEST.stream().map(argument -> argument.equals("gpu") ? "nvswitch" : argument).toList();

  private static final int MAX_BYTES = 4 << 20;

  private final List<Source> sources;

  private GpuCollector(List<Source> sources) {
    this.sources = List.copyOf(sources);
  }

  private GpuCollector(Source source) {
    this(List.of(source));
  }

  /** The source of evidence. */
  @FunctionalInterface
  private interface Source {
    byte[] json(String nonce, Deadline deadline) throws IOException;
  }

  /**
   * Uses NVIDIA's own tool, which must be on the path.
   *
   * @return a collector
   */
  public static GpuCollector ofThisMachine() {
    return command(NVATTEST);
  }

  /**
   * Uses another command.
   *
   * @param command program and arguments, of which one is {@link #NONCE}; no shell sees it. It
   *     prints the evidence, as a list or as {@code nvattest} does
   * @return a collector
   * @throws IllegalArgumentException if the nonce is not among the arguments
   */
  public static GpuCollector command(List<String> command) {
    CommandTemplate template = new CommandTemplate(command, NONCE);
    return new GpuCollector((nonce, deadline) -> template.run(nonce, MAX_BYTES, deadline));
  }

  /**
   * Reads what another process has put into a file.
   *
   * @param name of the file; {@link #NONCE} in it is replaced
   * @return a collector
   */
  public static GpuCollector file(String name) {
    return new GpuCollector(
        (nonce, deadline) -> BoundedFile.read(Path.of(name.replace(NONCE, nonce)), MAX_BYTES));
  }

  /**
   * Also collects from other devices of this machine, for example its switches.
   *
   * @param other what to ask next
   * @return a collector of both, in this order
   */
  public GpuCollector and(GpuCollector other) {
    return new GpuCollector(Stream.concat(sources.stream(), other.sources.stream()).toList());
  }

  @Override
  public EvidenceForm form() {
    return EvidenceForm.NV_EVIDENCE;
  }

  @Override
  public Evidence collect(Binding binding, Deadline deadline) {
    if (!binding.form().equals(EvidenceForm.NV_EVIDENCE)) {
      throw new IllegalArgumentException(
          "form: expected " + EvidenceForm.NV_EVIDENCE + ", was " + binding.form());
    }
    return collect(binding.hash(), deadline).evidence();
  }

  /**
   * Collects evidence over a nonce.
   *
   * @param nonce 32 bytes
   * @param deadline by which it must be there
   * @return evidence in which every device reports over that nonce
   * @throws AttestationException {@code NOT_CONFIDENTIAL}, {@code COLLECTION_FAILED}, {@code
   *     COLLECTION_TIMED_OUT}
   */
  public GpuEvidence collect(byte[] nonce, Deadline deadline) {
    if (nonce.length != SpdmReport.NONCE_BYTES) {
      throw new IllegalArgumentException("nonce: expected 32 bytes, was " + nonce.length);
    }
    try {
      List<GpuEvidence.Device> devices = new ArrayList<>();
      for (Source source : sources) {
        devices.addAll(read(source, nonce, deadline).devices());
      }
      return new GpuEvidence(devices);
    } catch (IOException | MalformedEvidenceException e) {
      throw AttestationException.because(ErrorCode.COLLECTION_FAILED, "GPU evidence", e);
    }
  }

  private static GpuEvidence read(Source source, byte[] nonce, Deadline deadline)
      throws IOException, MalformedEvidenceException {
    String hex = HexFormat.of().formatHex(nonce);
    byte[] json = source.json(hex, deadline);
    String text = new String(json, StandardCharsets.UTF_8).strip();
    GpuEvidence evidence =
        text.startsWith("[") ? GpuEvidence.parse(text) : GpuEvidence.ofTool(json);
    for (GpuEvidence.Device device : evidence.devices()) {
      byte[] reported = SpdmReport.parse(device.report().bytes()).nonce();
      if (!device.nonce().hex().equals(hex) || !Arrays.equals(reported, nonce)) {
        throw new UnreadableException(
            "expected evidence over the nonce that was given, was another");
      }
    }
    return evidence;
  }
}
