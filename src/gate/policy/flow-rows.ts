import { atLeast, below, drill, exactly, none, perConnector, proof, row, sameAs, someOfIt, traffic } from "./build.ts"
import { clears } from "./clears.ts"

const forged = drill("unsigned-webhook", "webhook-forged", "refused")
const redelivered = drill("redeliver", "answered-503-once", "deduped")
const crashBefore = drill("crash", "killed-before-call", "in_doubt")
const crashAfter = drill("crash", "killed-after-call", "in_doubt")
const withheld = drill("timeout", "answer-withheld", "in_doubt")
const canary = drill("leak-canary", "canary-planted", "clean")
/** Most milliseconds of one answer of `explain`. */
const explainLimitMs = 5_000

/** Section 2: inbound. */
export const inboundRows = [
  row({
    id: "2.1.1",
    text: {
      en: "The verification endpoint (webhook GET) is validated in staging",
      pt: "Endpoint de verificação (ex.: webhook GET) validado em staging"
    },
    kind: "observed",
    proofs: [
      proof("2.1.1", "C", {
        by: traffic,
        genuine: true,
        account: true,
        facts: { handshakes: someOfIt, confirmed_later: someOfIt }
      })
    ],
    clears: clears.callback
  }),
  row({
    id: "2.1.2",
    text: {
      en: "Requests without a valid signature or token are rejected",
      pt: "Requests sem assinatura / token válido são rejeitados"
    },
    kind: "drill",
    proofs: [
      proof("2.1.2", "R", {
        by: forged,
        facts: { connectors: perConnector, forged: atLeast(6), refused: sameAs("forged"), controls: perConnector }
      })
    ],
    clears: clears.unsignedWebhook
  }),
  row({
    id: "2.1.3",
    text: { en: "A bad signature never reaches the runtime", pt: "Assinatura inválida nunca chega ao runtime" },
    kind: "drill",
    proofs: [
      proof("2.1.3", "R", {
        by: forged,
        facts: {
          forged: atLeast(6),
          listed: none,
          quarantined: none,
          in_ledger: none,
          outcome_lines: none,
          delivered: none
        }
      })
    ],
    clears: clears.unsignedWebhook
  }),
  row({
    id: "2.2.1",
    text: {
      en: "The same inbound event, sent again, has no second effect",
      pt: "O mesmo evento inbound reenviado não gera duplicação de efeitos"
    },
    kind: "drill",
    proofs: [
      proof("2.2.1", "R", {
        by: redelivered,
        genuine: true,
        waits: true,
        facts: { confirmed: someOfIt, redelivered: someOfIt, second_effects: none }
      })
    ],
    clears: clears.redeliver
  }),
  row({
    id: "2.2.2",
    text: {
      en: "The same inbound event, sent again, does not break the flow",
      pt: "O mesmo evento inbound reenviado não quebra o fluxo"
    },
    kind: "drill",
    proofs: [
      proof("2.2.2", "R", {
        by: redelivered,
        genuine: true,
        waits: true,
        facts: { deliveries: exactly(1), later_events: someOfIt }
      })
    ],
    clears: clears.redeliver
  }),
  row({
    id: "2.2.3",
    text: {
      en: "Dedupe is proven to work in staging: logs show `deduped=true`",
      pt: "Dedupe comprovadamente funcional em staging: logs mostrando `deduped=true`"
    },
    kind: "drill",
    proofs: [
      proof("2.2.3", "R", { by: [redelivered, traffic], genuine: true, waits: true, facts: { deduped: someOfIt } })
    ],
    clears: clears.redeliver
  })
]

/** Section 3.1: dedupe before the external effect. */
export const effectRows = [
  row({
    id: "3.1.1",
    text: {
      en: "Dedupe happens before the HTTP call to the provider",
      pt: "Dedupe ocorre antes da chamada HTTP ao provider"
    },
    kind: "drill",
    proofs: [
      proof("3.1.1", "R", {
        by: crashBefore,
        facts: {
          killed: someOfIt,
          ids: none,
          in_doubt: sameAs("killed"),
          calls_of_repeats: none,
          resolved: sameAs("killed")
        }
      })
    ],
    clears: clears.crashOnly
  }),
  row({
    id: "3.1.2",
    text: {
      en: "Retry, timeout or crash cause no duplicate",
      pt: "Retry, timeout ou crash não geram duplicação"
    },
    kind: "drill",
    proofs: [
      proof("3.1.2#crash", "R", {
        by: crashAfter,
        clears: clears.crashOnly,
        genuine: true,
        waits: true,
        facts: { killed: someOfIt, ids: sameAs("killed"), second_ids: none }
      }),
      proof("3.1.2#timeout", "R", {
        by: withheld,
        clears: clears.timeout,
        genuine: true,
        waits: true,
        facts: { withheld: someOfIt, ids: sameAs("withheld"), second_ids: none }
      }),
      proof("3.1.2#traffic", "R", {
        by: traffic,
        genuine: true,
        watch: true,
        facts: { intents: someOfIt, second_ids: none }
      })
    ],
    clears: clears.crash
  }),
  row({
    id: "3.1.3",
    text: {
      en: "`intentId` and `idempotencyKey` are stable",
      pt: "`intentId` / `idempotencyKey` é estável"
    },
    kind: "drill",
    proofs: [
      proof("3.1.3", "R", {
        by: drill("repeat-intent", "repeated", "deduped"),
        genuine: true,
        facts: { replicas: atLeast(2), restarts: someOfIt, ids: exactly(1), deduped: atLeast(2) }
      })
    ],
    clears: clears.repeatIntent
  })
]

/** Sections 3.3 and 4: errors of the provider, observability. */
export const errorRows = [
  row({
    id: "3.3.1",
    text: { en: "A simulated timeout is handled", pt: "Timeout simulado" },
    kind: "drill",
    proofs: [
      proof("3.3.1", "R", {
        by: withheld,
        genuine: true,
        waits: true,
        facts: { withheld: someOfIt, in_doubt: sameAs("withheld"), proven: sameAs("withheld") }
      })
    ],
    clears: clears.timeout
  }),
  row({
    id: "3.3.2",
    text: { en: "Real 4xx and 5xx errors are handled", pt: "Erro 4xx e 5xx reais tratados" },
    kind: "drill",
    proofs: [
      proof("3.3.2#4xx", "C", {
        by: [traffic, drill("provider-4xx", "input-refused", "failed")],
        clears: clears.provider4xx,
        genuine: true,
        account: true,
        facts: { refused: someOfIt, failed: sameAs("refused"), not_applied: sameAs("refused") }
      }),
      proof("3.3.2#5xx", "R", {
        by: drill("provider-5xx", "answer-replaced-by-5xx", "unknown"),
        clears: clears.provider5xx,
        facts: { answers: someOfIt, unknown: sameAs("answers"), second_ids: none }
      })
    ],
    clears: clears.providerErrors
  }),
  row({
    id: "3.3.3",
    text: {
      en: "An error of the provider leaks neither payload nor secret",
      pt: "Erro do provider não vaza payload nem secret"
    },
    kind: "drill",
    proofs: [
      proof("3.3.3", "R", {
        by: canary,
        facts: { errors: atLeast(3), canaries: someOfIt, hits: none, lines: someOfIt }
      })
    ],
    clears: clears.leakCanary
  }),
  row({
    id: "3.3.4",
    text: { en: "A retry causes no duplicate", pt: "Retry não gera duplicação" },
    kind: "drill",
    proofs: [
      proof("3.3.4", "R", {
        by: withheld,
        genuine: true,
        waits: true,
        facts: { retries: someOfIt, ids: exactly(1), second_ids: none }
      })
    ],
    clears: clears.timeout
  }),
  row({
    id: "4.1.1",
    text: {
      en: "Logs include correlationId, dedupeKey, connectorId, capabilityId and outcome (sent / deduped / failed)",
      pt: "Logs incluem correlationId, dedupeKey, connectorId, capabilityId, outcome (sent / deduped / failed)"
    },
    kind: "observed",
    proofs: [proof("4.1.1", "R", { by: traffic, facts: { lines: someOfIt, incomplete: none } })],
    clears: clears.sendOnce
  }),
  row({
    id: "4.1.2",
    text: {
      en: "Logs do not include raw payloads, tokens or full numbers (PII)",
      pt: "Logs não incluem payload raw, tokens, números completos (PII)"
    },
    kind: "drill",
    proofs: [
      proof("4.1.2", "R", {
        by: canary,
        facts: { canaries: atLeast(3), hits: none, lines: someOfIt, own_lines: someOfIt }
      })
    ],
    clears: clears.leakCanary
  }),
  row({
    id: "4.2.1",
    text: {
      en: "In under 5 minutes one command answers: why did it fail, was it a duplicate, was it a retry",
      pt: "É possível responder em < 5 minutos: “Por que isso falhou?”, “Duplicou?”, “Foi retry?”"
    },
    kind: "drill",
    proofs: [
      proof("4.2.1", "R", {
        by: drill("explain", "sampled", "explained"),
        facts: {
          failures: someOfIt,
          duplicates: someOfIt,
          retries: someOfIt,
          wrong: none,
          slowest_ms: below(explainLimitMs)
        }
      })
    ],
    clears: clears.explain
  }),
  row({
    id: "4.2.2",
    text: {
      en: "Logs tell an infrastructure error, a provider error and a payload error apart",
      pt: "Logs permitem diferenciar: erro de infra, erro de provider, erro de payload"
    },
    kind: "drill",
    proofs: [
      proof("4.2.2", "R", {
        by: drill("explain", "sampled", "explained"),
        facts: {
          infra: someOfIt,
          provider: someOfIt,
          payload: someOfIt,
          wrong: none,
          slowest_ms: below(explainLimitMs)
        }
      })
    ],
    clears: clears.explain
  })
]
