import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Activation, Activations, type PinnedTrust } from "../../src/readiness/activations.ts"

/** Activations in memory, lost with the process: `local` only, which activates nothing. */
export const memoryActivations: Layer.Layer<Activations> = Layer.sync(Activations, () => {
  const texts = new Map<string, string>()
  const activations = new Map<string, Activation>()
  let pinned: PinnedTrust | undefined
  const pin = (digest: string, since: number, how: PinnedTrust["how"]) => {
    if (pinned !== undefined && how === "boot") return pinned.digest === digest
    pinned = { digest, since, how }
    return true
  }
  return Activations.of({
    read: (deployment) =>
      Effect.map(Clock.currentTimeMillis, (now) => ({
        now,
        ...(pinned === undefined ? {} : { trust: pinned }),
        activations: [...activations].flatMap(([name, one]) => (name.startsWith(`${deployment} `) ? [one] : []))
      })),
    text: (_, certificate) => Effect.sync(() => texts.get(certificate)),
    activate: ({ deployment, trust, release, text, how }) =>
      Effect.map(Clock.currentTimeMillis, (at) => {
        if (!pin(trust, at, "boot")) return "other_trust"
        if (!texts.has(release.certificate)) texts.set(release.certificate, text)
        const name = `${deployment} ${release.certificate}`
        if (activations.has(name)) return "known"
        activations.set(name, { ...release, at, how })
        return "activated"
      }),
    pin: (_, trust) => Effect.map(Clock.currentTimeMillis, (at) => pin(trust, at, "boot")),
    replaceTrust: (_, trust) => Effect.map(Clock.currentTimeMillis, (at) => void pin(trust, at, "command"))
  })
})
