// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.federation;

import io.fedtrust.attestation.model.Binding;
import io.fedtrust.attestation.model.CollateralItem;
import io.fedtrust.attestation.model.Evidence;
import io.fedtrust.attestation.model.EvidenceForm;
import io.fedtrust.attestation.model.TrustAnchor;
import io.fedtrust.attestation.providers.azure.maa.MaaItems;
import io.fedtrust.attestation.providers.snp.format.ProductLine;
import io.fedtrust.attestation.providers.snp.format.SnpField;
import io.fedtrust.attestation.providers.tdx.format.TdxField;
import io.fedtrust.attestation.simulated.SimulatedConfidentialVm;
import io.fedtrust.attestation.simulated.SimulatedGpuHost;
import io.fedtrust.attestation.simulated.SimulatedMaa;
import io.fedtrust.attestation.simulated.SimulatedSnpPlatform;
import io.fedtrust.attestation.simulated.SimulatedTdxPlatform;
import io.fedtrust.attestation.spi.Deadline;
import io.fedtrust.attestation.spi.EvidenceCollector;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A SIMULATED machine of one kind, and what its vendors publish of it.
 *
 * @param collectors of its evidence, one for each family
 * @param anchors roots of its vendors
 * @param collateral what its vendors publish
 */
record Machine(
    List<EvidenceCollector> collectors,
    List<TrustAnchor> anchors,
    List<CollateralItem> collateral) {
  private static final Duration AGE = Duration.ofHours(1);
  private static final int MEASUREMENT_BYTES = 48;

  /** Register of a TPM in which the example's boot loader measures the software. */
  static final int SOFTWARE = 4;

  /** Kinds of machine, as settings name them. */
  enum Kind {
    /** AMD SEV-SNP. */
    SNP {
      @Override
      Machine make(Supplier<byte[]> software, Clock clock) {
        SimulatedSnpPlatform amd = amd(clock.instant());
        return new Machine(
            List.of(amd.collector(() -> amd.report().set(SnpField.MEASUREMENT, software.get()))),
            List.of(amd.anchor()),
            amd.collateral(amd.report(), clock.instant().minus(AGE)));
      }
    },
    /** Intel TDX, and an NVIDIA GPU. */
    TDX_WITH_GPU {
      @Override
      Machine make(Supplier<byte[]> software, Clock clock) {
        Instant made = clock.instant().minus(AGE);
        SimulatedTdxPlatform intel = SimulatedTdxPlatform.create(made, new SecureRandom());
        SimulatedGpuHost gpus = SimulatedGpuHost.create(made, new SecureRandom());
        gpus.gpu();
        List<TrustAnchor> anchors = new ArrayList<>(gpus.anchors());
        anchors.add(intel.anchor());
        List<CollateralItem> items = new ArrayList<>(gpus.collateral(clock.instant()).items());
        items.addAll(intel.collateral(made));
        EvidenceCollector cpu =
            intel.collector(() -> intel.quote().set(TdxField.MRTD, software.get()));
        return new Machine(List.of(cpu, gpus.collector()), anchors, items);
      }
    },
    /** A container group of Azure, by tokens of Microsoft's service, on firmware of old. */
    OLD_CONTAINER_GROUP {
      @Override
      Machine make(Supplier<byte[]> software, Clock clock) {
        SimulatedMaa service = SimulatedMaa.create(clock.instant().minus(AGE), new SecureRandom());
        return new Machine(
            List.of(
                service.collector(
                    EvidenceForm.MAA_JWT,
                    () ->
                        service
                            .container(clock.instant())
                            .bytes("hostdata", software.get())
                            .hardware("x-ms-sevsnpvm-snpfw-svn", "20"))),
            List.of(),
            List.of(
                service
                    .keys(clock.instant().plus(Duration.ofDays(1)))
                    .item(MaaItems.KEYS, "simulated")));
      }
    },
    /** A confidential VM of Azure, by its TPM. */
    CONFIDENTIAL_VM {
      @Override
      Machine make(Supplier<byte[]> software, Clock clock) {
        SimulatedSnpPlatform amd = amd(clock.instant());
        SimulatedConfidentialVm machine =
            SimulatedConfidentialVm.on(amd, new byte[MEASUREMENT_BYTES], new SecureRandom());
        return new Machine(
            List.of(booted(machine, software)),
            List.of(machine.anchor()),
            machine.collateral(clock.instant().minus(AGE)));
      }
    };

    /** Makes one, which runs whatever software is installed when evidence is collected. */
    abstract Machine make(Supplier<byte[]> software, Clock clock);

    private static EvidenceCollector booted(
        SimulatedConfidentialVm machine, Supplier<byte[]> software) {
      return new EvidenceCollector() {
        @Override
        public EvidenceForm form() {
          return EvidenceForm.CVM_TPM;
        }

        @Override
        public synchronized Evidence collect(Binding binding, Deadline deadline) {
          return machine.register(SOFTWARE, software.get()).evidence(binding.hash());
        }
      };
    }

    private static SimulatedSnpPlatform amd(Instant now) {
      return SimulatedSnpPlatform.create(ProductLine.MILAN, now.minus(AGE), new SecureRandom());
    }
  }

  static Machine of(String kind, Supplier<byte[]> software, Clock clock) {
    return Kind.valueOf(kind).make(software, clock);
  }
}
