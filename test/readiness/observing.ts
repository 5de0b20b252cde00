import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { memoryEvidenceStore } from "../../layers/memory/deployment.ts"
import { EventRecords } from "../../src/inbound/event-log/event-admin.ts"
import { decodeEvidence, type GateEvidence } from "../../src/gate/evidence/evidence.ts"
import { EvidenceStore } from "../../src/gate/evidence/evidence-store.ts"
import type { ConfiguredChannel } from "../../src/gate/policy/configured.ts"
import { Installed } from "../../src/readiness/installed.ts"
import { layer as recordingLayer } from "../../src/readiness/record/recording-layer.ts"
import { runningCode } from "../../src/readiness/running-code.ts"
import * as Gate from "../../src/outbound/accounts/admission-control.ts"
import * as Intents from "../../src/outbound/submit/intents.ts"
import { Secrets } from "../../src/secrets/secrets.ts"
import { cryptography } from "../attestation/keys.ts"
import { digest as hashOf } from "../gate/genuine.ts"
import { baseLayer } from "../outbound/harness.ts"
import { raw } from "../fakes/channel.ts"
import { digest } from "../plugins/digest.ts"

/** The fixture channel, with an acknowledgement of each kind. */
export const configured: ConfiguredChannel = {
  connector: "fixture",
  variant: "only",
  code: hashOf("fixture code"),
  section: hashOf("fixture section"),
  capabilities: [
    { id: "mark", acknowledged: "accepted" },
    { id: "post", acknowledged: "delivered" },
    { id: "reply", acknowledged: "readBack" },
    { id: "say", acknowledged: "echo" },
    { id: "poke", acknowledged: "sent" }
  ],
  media: ["up", "down"]
}

/** Secrets whose values are their references. A test rotates one through `rotate`. */
export class Rotating extends Context.Service<Rotating, { readonly rotate: (ref: string, value: string) => void }>()(
  "comporta/test/Rotating"
) {}

const secrets = Layer.effectContext(
  Effect.sync(() => {
    const values = new Map<string, string>()
    const listeners: Array<Parameters<Secrets["Service"]["onRotated"]>[0]> = []
    const handleOf = (ref: string) => {
      const current = () => Redacted.make(values.get(ref) ?? ref)
      const candidates = () => [current()]
      return { ref, current, candidates, versions: candidates }
    }
    return Context.make(Secrets, {
      handle: (ref) => Effect.succeed(handleOf(ref)),
      refresh: () => Effect.succeed(false),
      mayRefresh: () => false,
      onRotated: (listener) => void listeners.push(listener),
      unusable: () => []
    }).pipe(
      Context.add(Rotating, {
        rotate: (ref, value) => {
          values.set(ref, value)
          for (const listener of listeners) listener(handleOf(ref))
        }
      })
    )
  })
)

const noEvents = Layer.mock(EventRecords, { event: () => Effect.undefined })

const installed = Layer.succeed(Installed, {
  version: "1.0.0",
  code: runningCode(undefined, undefined),
  sections: {},
  digests: { secrets: hashOf("secrets"), platform: hashOf("platform") },
  channels: [configured]
})

/** Sends through a recorded channel, whose evidence is in the given store. */
export const recordedIn = (store: Layer.Layer<EvidenceStore>) =>
  Intents.layer({ drain: 1_000 }).pipe(
    Layer.provideMerge(Gate.layer),
    Layer.provideMerge(
      recordingLayer({
        config: { environment: "local", connectors: { fixture: raw } },
        digest,
        variantOf: (connector) => (connector === "fixture" ? "only" : undefined),
        isGenuine: () => true
      })
    ),
    Layer.provideMerge(Layer.mergeAll(baseLayer, store, cryptography, secrets, noEvents, installed, NodeServices.layer))
  )

export const recorded = recordedIn(memoryEvidenceStore)

/** Every record of the store. */
export const records = Effect.gen(function* () {
  const { records: found } = yield* (yield* EvidenceStore).read
  return found.flatMap(({ record }): ReadonlyArray<GateEvidence> =>
    Option.toArray(Result.getSuccess(decodeEvidence(JSON.parse(record))))
  )
})
