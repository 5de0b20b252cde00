import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { LastProofs, proofAge } from "../../src/boot/last-proofs.ts"

/** Last proofs in memory, lost with the process. */
export const layer: Layer.Layer<LastProofs> = Layer.sync(LastProofs, () => {
  const proofs = new Map<string, number>()
  return LastProofs.of({
    note: (credential) => Effect.map(Clock.currentTimeMillis, (now) => void proofs.set(credential, now)),
    since: (credential) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const noted = proofs.get(credential)
        return noted === undefined || now - noted >= proofAge ? undefined : now - noted
      })
  })
})
