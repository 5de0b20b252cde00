import * as Metric from "effect/Metric"

const counter = (name: string, description: string) => Metric.counter(name, { description, incremental: true })
const gauge = (name: string, description: string) => Metric.gauge(name, { description })

/** Every counter of the program. A counter with labels gets them where it is updated. */
export const counters = {
  eventsReceived: counter("comporta_events_received_total", "Items of webhooks that were answered 200"),
  eventsAdmitted: counter("comporta_events_admitted_total", "Events durably admitted"),
  eventsDeduped: counter("comporta_events_deduped_total", "Items that had been seen before"),
  eventsQuarantined: counter(
    "comporta_events_quarantined_total",
    "Items set aside: not understood, or for an unknown account"
  ),
  eventsDelivered: counter("comporta_events_delivered_total", "Events that the runtime has acknowledged"),
  eventsDeadLettered: counter("comporta_events_dead_lettered_total", "Events that the runtime has refused for good"),
  eventsAgain: counter("comporta_events_again_total", "Events that operators sent again, or released from quarantine"),
  eventsStuck: counter(
    "comporta_events_stuck_total",
    "Alarms about events that the runtime holds again and again while it is there"
  ),
  /** Labels: `connector`, `account`, `why`. */
  accountPauses: counter("comporta_account_pauses_total", "Pauses of an account that began, by what brought them"),
  /** Labels: `connector`, `account`. */
  recipientHolds: counter("comporta_recipient_holds_total", "Holds of a recipient that the provider asked for"),
  /** Labels: `capability`, `outcome`, `class`. */
  intents: counter("comporta_intents_total", "Intents answered, by capability, outcome and failure class"),
  /** Labels: `connector`. */
  intentsUnlisted: counter(
    "comporta_intents_unlisted_total",
    "Intents that the provider refused with a code that its error table does not have"
  ),
  recorderFailures: counter(
    "comporta_recorder_failures_total",
    "Writes of evidence that failed. The observations are written with the next ones"
  )
}

/** Every gauge of the program. A gauge with labels gets them where it is updated. */
export const gauges = {
  /** Labels: `version`, `release`, `node`, `platform`. */
  buildInfo: gauge("comporta_build_info", "1, with the version, the release and the Node of this process"),
  /** Label: `environment`. */
  environment: gauge("comporta_environment", "1, with the environment of this process"),
  eventsPending: gauge(
    "comporta_events_pending",
    "Events that the runtime has not acknowledged: counted, not computed from the other numbers"
  ),
  conservationBroken: gauge(
    "comporta_conservation_broken",
    "Partitions whose numbers of events do not add up: an event was lost or counted twice"
  ),
  runtimeAway: gauge("comporta_runtime_away", "1 while the runtime is away, as this process sees it"),
  repliesPending: gauge("comporta_replies_pending", "Answers of the runtime whose intents are not all performed"),
  evidenceWaiting: gauge(
    "comporta_evidence_waiting",
    "Statuses and echoes that wait in this process for what they may be about"
  ),
  /** Labels: `state`. */
  readinessVerdict: gauge(
    "comporta_readiness_verdict",
    "1 for the state of the verdict on the release, 0 for the others"
  ),
  /** Labels: `state`. */
  readinessRows: gauge("comporta_readiness_rows", "Rows of the checklist in each state"),
  readinessUntil: gauge(
    "comporta_readiness_until_timestamp_seconds",
    "When the first row that counts stops to count; rows that the gateway renews itself are left out"
  ),
  oldestDoubt: gauge("comporta_doubt_oldest_seconds", "Age of the oldest open doubt"),
  oldestAccepted: gauge(
    "comporta_accepted_oldest_seconds",
    "Age of the oldest intent that is accepted and not performed"
  ),
  lanesOpen: gauge("comporta_lanes_open", "Conversations with accepted intents that wait"),
  /** Labels: `connector`, `account`. */
  accountPaused: gauge("comporta_account_paused", "1 while the account is paused"),
  /** Labels: `connector`, `account`. */
  credentialExpires: gauge(
    "comporta_credential_expires_timestamp_seconds",
    "When the credential of an account expires, in seconds since the epoch; absent when it does not expire or the time is unknown"
  ),
  /** Labels: `check`. */
  storeCheck: gauge("comporta_store_check", "1 while the check of the store passes, 0 while it fails"),
  storeMemoryUsed: gauge(
    "comporta_store_memory_used_ratio",
    "Used part of the memory of the fullest primary; 0 where none has a limit"
  )
}

/** Returns one series of a counter. A caller keeps the series of a busy path: an update of it merges no labels. */
export const seriesOf = (
  { id, description }: Metric.Counter<number>,
  attributes: Readonly<Record<string, string>>
): Metric.Counter<number> => Metric.counter(id, { description, incremental: true, attributes })

export const metricNames: ReadonlyArray<string> = [...Object.values(counters), ...Object.values(gauges)].map(
  ({ id }) => id
)
