import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { type ActivationRequest, Activations } from "../../src/readiness/activations.ts"

const digestOf = (n: number) => `sha256:${n.toString(16).padStart(64, "0")}`

const [trust, otherTrust] = [digestOf(1), digestOf(2)]

const request = (deployment: string, n: number, more: Partial<ActivationRequest> = {}): ActivationRequest => ({
  deployment,
  trust,
  release: {
    certificate: digestOf(n),
    version: "1.2.3",
    manifests: [digestOf(n + 100), digestOf(n + 200)],
    issuedAt: 1_800_000_000_000 + n,
    revokes: [digestOf(n + 300)]
  },
  text: `{"payload":"ç ${n}"}`,
  how: "boot",
  ...more
})

/**
 * Defines the tests that every implementation of activations must pass. `layer` returns a fresh store at each call;
 * `deployment` returns the id in its stamp.
 */
export const activationsContract = <Store>(
  name: string,
  layer: () => Layer.Layer<Activations | Store, unknown>,
  deployment: Effect.Effect<string, unknown, Store>
) => {
  describe(`activations in ${name}`, () => {
    it.effect("G42 an activated certificate is kept with its text, and found by its deployment", () =>
      Effect.gen(function* () {
        const activations = yield* Activations
        const id = yield* deployment
        assert.deepStrictEqual((yield* activations.read(id)).activations, [])
        assert.isUndefined(yield* activations.text(id, digestOf(7)))
        assert.strictEqual(yield* activations.activate(request(id, 7)), "activated")
        assert.strictEqual(yield* activations.activate(request(id, 8, { how: "restore" })), "activated")
        const { now, activations: found } = yield* activations.read(id)
        const [one, other] = found.toSorted((left, right) => left.issuedAt - right.issuedAt)
        assert.deepStrictEqual(one, { ...request(id, 7).release, at: one?.at ?? 0, how: "boot" })
        assert.isTrue(one !== undefined && one.at <= now)
        assert.strictEqual(other?.how, "restore")
        assert.strictEqual(yield* activations.text(id, digestOf(7)), request(id, 7).text)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G42 the first activation of a certificate stays, also when two processes write it", () =>
      Effect.gen(function* () {
        const activations = yield* Activations
        const id = yield* deployment
        const both = yield* Effect.all([activations.activate(request(id, 7)), activations.activate(request(id, 7))], {
          concurrency: "unbounded"
        })
        assert.sameMembers(both, ["activated", "known"])
        assert.strictEqual(yield* activations.activate(request(id, 7, { how: "restore", text: "other" })), "known")
        const { activations: found } = yield* activations.read(id)
        assert.deepStrictEqual(
          found.map(({ how }) => how),
          ["boot"]
        )
        assert.strictEqual(yield* activations.text(id, digestOf(7)), request(id, 7).text)
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 the first trust file is pinned, and another one activates nothing until a command names it", () =>
      Effect.gen(function* () {
        const activations = yield* Activations
        const id = yield* deployment
        assert.isUndefined((yield* activations.read(id)).trust)
        assert.isTrue(yield* activations.pin(id, trust))
        assert.isTrue(yield* activations.pin(id, trust))
        assert.isFalse(yield* activations.pin(id, otherTrust))
        assert.strictEqual(yield* activations.activate(request(id, 7, { trust: otherTrust })), "other_trust")
        assert.deepStrictEqual((yield* activations.read(id)).activations, [])
        assert.isUndefined(yield* activations.text(id, digestOf(7)))
        assert.deepInclude((yield* activations.read(id)).trust, { digest: trust, how: "boot" })
        yield* activations.replaceTrust(id, otherTrust)
        const { now, trust: pinned } = yield* activations.read(id)
        assert.deepInclude(pinned, { digest: otherTrust, how: "command" })
        assert.isTrue(pinned !== undefined && pinned.since <= now && pinned.since > now - 60_000)
        assert.strictEqual(yield* activations.activate(request(id, 7, { trust: otherTrust })), "activated")
        assert.isFalse(yield* activations.pin(id, trust))
      }).pipe(Effect.provide(layer()))
    )

    it.effect("G41 an activation pins its trust file when none is pinned", () =>
      Effect.gen(function* () {
        const activations = yield* Activations
        const id = yield* deployment
        assert.strictEqual(yield* activations.activate(request(id, 7)), "activated")
        assert.deepInclude((yield* activations.read(id)).trust, { digest: trust, how: "boot" })
      }).pipe(Effect.provide(layer()))
    )
  })
}
