// SPDX-License-Identifier: Apache-2.0
package io.fedtrust.attestation.engine;

import io.fedtrust.attestation.spi.EvidenceCollector;
import java.util.ArrayList;
import java.util.List;

/** The parts of the engine, put together for one site, and the order in which they stop. */
final class EngineParts {
  final Settings settings;
  final Lifecycle lifecycle = new Lifecycle();
  final OpenStages stages = new OpenStages();
  final Events events;
  final HostCode host;
  final Identities identities;
  final Alarms evidenceAlarms;
  final Alarms lapseAlarms;
  final ReportQueue reports;
  final AdmissionControl admissionControl;
  final PeerCalls requests;
  final CrossSiteValidation crossSite;
  final SelfAttestation own = new SelfAttestation();
  final SelfAppraisal self;
  final RegisteringAgain again;
  final JobParticipation participation;
  final Inbox inbox;
  final JobEnds ends;
  final JobScheduler scheduler;

  /** Makes the session key. Sends nothing yet. */
  EngineParts(Settings settings) {
    this.settings = settings;
    this.events = new Events(settings.listeners(), settings.work());
    this.host = new HostCode(settings);
    this.evidenceAlarms = alarms();
    this.lapseAlarms = alarms();
    this.identities = new Identities(settings.site(), settings.roots(), settings.nanoTime());
    SiteCertificates certificates = new SiteCertificates(identities::roots);
    Refusals refusals = new Refusals(identities, settings.server(), certificates);
    SessionKeys sessionKeys = new SessionKeys(settings.provider());
    SessionKey session = sessionKeys.generate(settings.random());
    PendingChallenges challenges = new PendingChallenges(settings.nanoTime());
    Challenger challenger = new Challenger(identities, challenges, settings.random());
    List<EvidenceCollector> collectors = new ArrayList<>();
    settings.authorizers().forEach(authorizer -> authorizer.collector().ifPresent(collectors::add));
    EvidenceReporter reporter =
        new EvidenceReporter(identities, session, collectors, settings.hardware(), settings.work());
    this.reports =
        new ReportQueue(
            reporter::answers,
            settings.timing().batchWindow(),
            settings.timing().collectionTimeout(),
            evidenceAlarms,
            settings.nanoTime());
    Attester attester =
        new Attester(
            settings.site().name(),
            certificates,
            new RequestLimits(settings.nanoTime(), settings.limits()),
            reporter,
            reports,
            settings.nanoTime());
    this.admissionControl =
        new AdmissionControl(
            new AnswerReader(settings.site(), certificates, challenges, sessionKeys),
            new UnboundReader(),
            new ReplayCheck(settings.replayGuard(), events),
            new SiteAppraisal(settings.authorizers()),
            new Admissions(settings.timing().grace()),
            events,
            lapseAlarms,
            settings);
    Registration registration = new Registration(settings, challenger, attester, admissionControl);
    this.self =
        new SelfAppraisal(
            settings, identities, challenger, reporter, admissionControl, own, events, stages);
    GroupMember member =
        new GroupMember(
            settings.site(),
            new GroupNonces(settings.random(), settings.nanoTime()),
            challenges,
            attester);
    this.requests = new PeerCalls(settings, refusals);
    this.again =
        new RegisteringAgain(
            settings,
            new ServerRegistration(
                    settings, requests, registration, admissionControl, this::admittedByServer)
                ::register);
    requests.whenRefused(again::heard);
    this.crossSite =
        new CrossSiteValidation(settings, requests, challenger, admissionControl, events);
    SigningKeys keys = new SigningKeys(identities, session, !attester.isUnattested());
    this.participation =
        new JobParticipation(
            new ClientServices(
                settings,
                host,
                events,
                member,
                keys,
                certificates,
                sessionKeys,
                admissionControl,
                requests));
    this.ends = new JobEnds(settings, requests, keys);
    JobServices services =
        new JobServices(
            settings,
            requests,
            challenger,
            member,
            admissionControl,
            certificates,
            sessionKeys,
            own,
            keys,
            ends,
            events);
    this.scheduler =
        new JobScheduler(
            settings, events, (job, patience) -> new JobAttempt(services, job, patience));
    this.inbox =
        new Inbox(
            settings,
            events,
            attester,
            lifecycle,
            admissionControl,
            registration,
            participation,
            scheduler,
            refusals);
    admissionControl.whenLost(scheduler::lost);
  }

  private void admittedByServer() {
    participation.registered();
    crossSite.start();
  }

  private Alarms alarms() {
    return new Alarms(settings.timers(), settings.work(), settings.nanoTime());
  }

  /** Stops them; does nothing the second time. */
  void close() {
    if (!lifecycle.close()) {
      return;
    }
    participation.close();
    scheduler.close();
    ends.close();
    host.close();
    again.close();
    crossSite.close();
    admissionControl.close();
    evidenceAlarms.close();
    lapseAlarms.close();
    requests.close();
    reports.close();
    stages.close();
    events.close();
    settings.actions().close();
  }
}
