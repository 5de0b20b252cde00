import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { InfraError } from "../../../src/domain/failure.ts"
import { ActivatedRelease, Activations, type Activated, type Activation } from "../../../src/readiness/activations.ts"
import { RedisStore } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { asInteger, asText, asTexts } from "../scripting/reply.ts"
import { activateScript, pinTrustScript, readActivationsScript, readCertificateScript } from "./scripts.ts"

const results: ReadonlySet<unknown> = new Set<Activated>(["activated", "known", "other_trust"])
const isResult = (reply: unknown): reply is Activated => results.has(reply)

const Pinned = Schema.Tuple([
  Schema.String.check(Schema.isPattern(/^sha256:[0-9a-f]{64}$/)),
  Schema.FiniteFromString,
  Schema.Literals(["boot", "command"])
])
const decodePinned = Schema.decodeUnknownEffect(Pinned)

const Stored = Schema.Tuple([
  Schema.FiniteFromString,
  Schema.Literals(["boot", "restore"]),
  Schema.fromJsonString(ActivatedRelease)
])
const decodeStored = Schema.decodeUnknownEffect(Stored)

const unreadable = () => unexpectedReply(readActivationsScript.name)

/** Splits a record at its first two spaces. */
const partsOf = (record: string): ReadonlyArray<string> => {
  const [at = "", how = ""] = record.split(" ", 2)
  return [at, how, record.slice(at.length + how.length + 2)]
}

const activationOf = (record: string): Effect.Effect<Activation, InfraError> =>
  Effect.mapBoth(decodeStored(partsOf(record)), {
    onFailure: unreadable,
    onSuccess: ([at, how, release]) => ({ ...release, at, how })
  })

const pinnedOf = (text: string) =>
  Effect.mapBoth(decodePinned(text.split(" ")), {
    onFailure: unreadable,
    onSuccess: ([digest, since, how]) => ({ digest, since, how })
  })

/**
 * Provides the activations on Redis, in the first partition. The layer is bound to no stamp: the boot reads activations
 * before it builds the services of the store.
 */
export const layer: Layer.Layer<Activations, never, RedisStore> = Layer.effect(
  Activations,
  Effect.map(RedisStore, (store) => {
    const { of } = keysOf(store.prefix, 0)
    const [stamp, activations, certificates] = [of("stamp"), of("activations"), of("certificates")]
    const pin = (deployment: string, trust: string, how: "boot" | "command") =>
      Effect.flatMap(store.run(pinTrustScript, [stamp], [deployment, trust, how]), asInteger(pinTrustScript.name))

    return Activations.of({
      read: Effect.fnUntraced(function* (deployment) {
        const reply = yield* store.run(readActivationsScript, [stamp, activations], [deployment])
        const [now = "", trust = "", ...texts] = yield* asTexts(readActivationsScript.name)(reply)
        const records = texts.filter((_, at) => at % 2 === 1 && texts[at - 1]?.startsWith(`${deployment} `))
        return {
          now: Number(now),
          ...(trust === "" ? {} : { trust: yield* pinnedOf(trust) }),
          activations: yield* Effect.forEach(records, activationOf)
        }
      }),
      text: (deployment, certificate) =>
        store.run(readCertificateScript, [stamp, certificates], [deployment, certificate]).pipe(
          Effect.flatMap(asText(readCertificateScript.name)),
          Effect.map((text) => (text === "" ? undefined : text))
        ),
      activate: ({ deployment, trust, release, text, how }) =>
        Effect.flatMap(
          store.run(
            activateScript,
            [stamp, activations, certificates],
            [deployment, trust, how, release.certificate, JSON.stringify(release), text]
          ),
          (reply) => (isResult(reply) ? Effect.succeed(reply) : Effect.fail(unexpectedReply(activateScript.name)))
        ),
      pin: (deployment, trust) => Effect.map(pin(deployment, trust, "boot"), (pinned) => pinned === 1),
      replaceTrust: (deployment, trust) => Effect.asVoid(pin(deployment, trust, "command"))
    })
  })
)
