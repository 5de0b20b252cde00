import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { type Caller, idle } from "./callers.ts"
import { type Model, mustRead, nothing, transition } from "./model.ts"
import { callers } from "./moves.ts"
import { lineOf, type Operation, run, sentence } from "./operations.ts"
import { broken } from "./rules.ts"

/** A rule did not hold; `story` is what happened until then. */
export class Broken extends Data.TaggedError("Broken")<{
  readonly rule: string
  readonly story: ReadonlyArray<string>
}> {
  override get message() {
    return [this.rule, ...this.story].join("\n  ")
  }
}

/** A ledger of its own for one case, and its time. */
export interface Stage {
  readonly ledger: IntentLedger["Service"]
  readonly elapse: (intentId: IntentId, hours: number) => Effect.Effect<void, InfraError>
}

/** One intent and all who have to do with it: its callers, the commands on their way, the provider. */
export interface World {
  readonly story: Array<string>
  readonly callers: Array<Caller>
  readonly late: Array<Operation>
  /** Attempts that the provider was asked for, and what it named those that it performed. */
  readonly called: Set<number>
  readonly acted: Map<number, string>
  /** Attempts about which a person was wrong: what comes of that is theirs. */
  readonly misjudged: Set<number>
  now: number
  tokens: number
  model: Model
  /** As it was last read. */
  seen: string
  readonly breaks: (rule: string) => Effect.Effect<never, Broken>
  /** Reads the record, which must be what the model says and may only have moved forward. */
  readonly look: (what: string) => Effect.Effect<void, Broken | InfraError>
  /** Runs a command at the store, which must answer as the model does. */
  readonly atStore: (operation: Operation, callerName: string) => Effect.Effect<string, Broken | InfraError>
}

export const worldOf = (ledger: IntentLedger["Service"], intentId: IntentId): World => {
  const world: World = {
    story: [],
    callers: Array.from({ length: callers }, () => idle),
    late: [],
    called: new Set(),
    acted: new Map(),
    misjudged: new Set(),
    now: 0,
    tokens: 0,
    model: nothing,
    seen: "nothing",
    breaks: (rule) => Effect.fail(new Broken({ rule, story: world.story })),
    look: Effect.fnUntraced(function* (what: string) {
      const before = world.seen
      const seen = lineOf(yield* ledger.get(intentId))
      world.seen = seen
      world.story.push(`${what} | ${seen}`)
      const rule = broken(before, seen)
      if (rule !== undefined) return yield* world.breaks(rule)
      const expected = mustRead(world.model, world.now)
      if (seen !== expected) return yield* world.breaks(`must read: ${expected}`)
      if (seen.startsWith("sent") && world.acted.size + world.misjudged.size === 0)
        return yield* world.breaks("sent, and nobody did anything")
      if (seen !== "nothing") return
      for (const attempts of [world.called, world.acted, world.misjudged]) attempts.clear()
    }),
    atStore: Effect.fnUntraced(function* (operation: Operation, callerName: string) {
      const response = yield* run(ledger, intentId, operation)
      const [after, expected] = transition(world.model, operation, world.now)
      world.model = after
      yield* world.look(`${callerName}: ${sentence(operation)} -> ${response}`)
      if (response !== expected) return yield* world.breaks(`must answer: ${expected}`)
      const attempt = Number(/^Claimed (\d+)$/.exec(response)?.[1] ?? 0)
      const over = [...world.acted.keys()].some((before) => before < attempt && !world.misjudged.has(before))
      return over ? yield* world.breaks("an attempt after an effect") : response
    })
  }
  return world
}
