import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { UnsignedEvidence } from "../../src/gate/evidence/evidence.ts"
import { addObservation, evidenceKey, mergeEvidence } from "../../src/gate/evidence/merge.ts"
import { digest, genuine, seenAt } from "./genuine.ts"

const crash = genuine.find(({ row }) => row === "3.1.1") ?? assert.fail("no record of the drill")
const { signature: _, ...base } = crash
const failure: UnsignedEvidence = { ...base, result: "fail" }

const small = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 }))
const Seen = Schema.Struct({ at: small, first: small, count: small, sticky: Schema.Boolean, killed: small })
const Several = Schema.Array(Seen).check(Schema.isMinLength(2), Schema.isMaxLength(5))

const recordOf = ({ at, first, count, sticky, killed }: typeof Seen.Type): UnsignedEvidence => ({
  ...failure,
  at: seenAt + at,
  first: seenAt + Math.min(at, first),
  count,
  sticky,
  facts: { ...failure.facts, killed }
})

const merged = (all: ReadonlyArray<UnsignedEvidence>) => all.reduce(mergeEvidence)

describe("merging evidence", () => {
  it.effect("the order, the grouping and the repetition of records change nothing, in 2000 random cases", () =>
    Effect.gen(function* () {
      const property = (several: typeof Several.Type) =>
        Effect.gen(function* () {
          const all = several.map(recordOf)
          const [first = failure, ...others] = all
          const whole = merged(all)
          const differs = [
            merged(all.toReversed()),
            merged([...others, first]),
            merged([...all, ...all]),
            mergeEvidence(first, others.length === 0 ? first : merged(others)),
            mergeEvidence(whole, whole)
          ].some((one) => JSON.stringify(one) !== JSON.stringify(whole))
          if (differs) return yield* Effect.fail("the result depends on the order")
          assert.strictEqual(whole.at, Math.max(...all.map(({ at }) => at)))
          assert.strictEqual(whole.first, Math.min(...all.map((one) => one.first)))
          assert.strictEqual(whole.count, Math.max(...all.map(({ count }) => count)))
          assert.strictEqual(
            whole.sticky,
            all.some(({ sticky }) => sticky)
          )
          return true
        })
      const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Several), property, { runs: 2_000 })
      if (result._tag !== "Passed") assert.fail(Arbitrary.formatCheckFailure(result))
    })
  )

  it("the newest record decides all but the first time, the count and a violation", () => {
    const old: UnsignedEvidence = {
      ...failure,
      first: 1,
      at: 2,
      count: 9,
      sticky: true,
      facts: { killed: 1 },
      recorder: digest("old")
    }
    const result = mergeEvidence(failure, old)
    assert.deepStrictEqual(result, { ...failure, first: 1, count: 9, sticky: true })
  })

  it("a merged record has no signature, so that its recorder must sign it", () => {
    assert.notProperty(mergeEvidence(crash, crash), "signature")
  })

  it("an observation adds its count and keeps the first time", () => {
    const present = { ...failure, first: 1, at: 5, count: 9, sticky: true }
    const next = addObservation(present, { ...failure, first: 7, at: 7, count: 1 })
    assert.deepInclude(next, { first: 1, at: 7, count: 10, sticky: true })
    assert.deepStrictEqual(addObservation(undefined, failure), failure)
  })

  it("there is one record of each result for a row and a scope, whatever else differs", () => {
    const keys = new Set<string>()
    for (let boot = 0; boot < 10_000; boot++) {
      const of: UnsignedEvidence = { ...failure, at: boot, result: boot % 2 === 0 ? "pass" : "fail" }
      keys.add(evidenceKey(of))
    }
    assert.strictEqual(keys.size, 2)
    const { scope } = failure
    if (scope.of !== "R") return assert.fail("not of a run")
    const turned = { ...scope, connectors: Object.fromEntries(Object.entries(scope.connectors).toReversed()) }
    assert.strictEqual(evidenceKey({ ...failure, scope: turned }), evidenceKey(failure))
    assert.notStrictEqual(evidenceKey({ ...failure, scope: { ...scope, core: digest("other") } }), evidenceKey(failure))
  })
})
