import * as Effect from "effect/Effect"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { IntentId } from "../../../src/domain/ids.ts"
import type { Verdict } from "../../../src/domain/intent.ts"
import { failure, passing } from "../../contracts/intent-ledger/subject.ts"
import { afterStore, callOf, idle, nextOf } from "./callers.ts"
import { callHours, type Fate, type Move, ownsLanes, replicaOf, type Status } from "./moves.ts"
import type { Operation } from "./operations.ts"
import { type Broken, type Stage, type World, worldOf } from "./world.ts"

type Played = Effect.Effect<void, Broken | InfraError>

const send = Effect.fnUntraced(function* (world: World, operation: Operation, fate: Fate, callerName: string) {
  if (fate === "heard") return yield* world.atStore(operation, callerName)
  if (fate === "deaf") yield* world.atStore(operation, `${callerName}, unheard`)
  else world.story.push(`${callerName}: ${operation._tag} is ${fate}`)
  if (fate === "late") world.late.push(operation)
  return ""
})

const step = Effect.fnUntraced(function* (world: World, { caller: at, fate, end }: Extract<Move, { _tag: "Step" }>) {
  const caller = world.callers[at] ?? idle
  const callerName = `caller ${at}`
  if (caller._tag === "Holding") {
    const { acts, after } = callOf(caller, end, world.now, ownsLanes(at))
    world.callers[at] = after
    world.story.push(
      `${callerName}: calls, the provider ${acts ? "acts" : "does nothing"}, ends as ${after.settlement.state}`
    )
    world.called.add(caller.attempt)
    if (!acts) return
    const effects = [...world.acted.keys()].filter((attempt) => !world.misjudged.has(attempt))
    if (effects.length > 0) return yield* world.breaks("a second effect")
    world.acted.set(caller.attempt, `message-${caller.attempt}`)
    return
  }
  const fresh = `token-${world.tokens}`
  const operation = nextOf(caller, fresh, ownsLanes(at))
  if (operation === undefined) return
  if (caller._tag === "Idle") world.tokens += 1
  world.callers[at] = afterStore(caller, fresh, fate, yield* send(world, operation, fate, callerName), world.now)
})

const report = Effect.fnUntraced(function* (world: World, back: number, status: Status) {
  const attempt = (world.model.attempt?.number ?? 0) - back
  const messageId = world.acted.get(attempt)
  const fails = status === "failed" || status === "failed_otherwise"
  // A provider speaks of what it took; of what it was asked and did not do it can at most say that it failed.
  if (!world.called.has(attempt) || (messageId === undefined && !fails)) return
  const reported = status === "failed" ? failure() : messageId === undefined ? passing : failure({ code: "131026" })
  const late = { attempt, status: fails ? "failed" : status, messageId: messageId ?? "refused" }
  yield* world.atStore({ _tag: "evidence", ...late, ...(fails ? { failure: reported } : {}) }, "provider")
})

/** A person who is right says what happened; one who is not answers for what comes of it. */
const judge = (world: World, said: Verdict, rightly: boolean) => {
  const attempt = world.model.attempt?.number ?? 0
  const happened = world.acted.has(attempt) ? "sent" : "not_sent"
  const verdict = rightly ? happened : said
  if (verdict !== happened) world.misjudged.add(attempt)
  return Effect.asVoid(world.atStore({ _tag: "resolve", verdict, attempt }, "a person says"))
}

const elapse = (world: World, stage: Stage, intentId: IntentId, hours: number): Played =>
  Effect.suspend(() => {
    // Nothing is on its way for longer than a released token is remembered: no command, and no process that sent it.
    if (hours >= 24) {
      world.callers.fill(idle)
      world.late.length = 0
    }
    world.now += hours
    return Effect.andThen(stage.elapse(intentId, hours), world.look(`${hours} hours pass`))
  })

const move = (world: World, stage: Stage, intentId: IntentId, what: Move): Played =>
  Effect.suspend(() => {
    switch (what._tag) {
      case "Step":
        return step(world, what)
      case "Arrive": {
        const [operation] = world.late.splice(Math.min(what.nth, Math.max(0, world.late.length - 1)), 1)
        return operation === undefined ? Effect.void : Effect.asVoid(world.atStore(operation, "at last"))
      }
      case "Crash":
        world.story.push(`replica ${what.replica} is gone`)
        world.callers.forEach((_, at) => (replicaOf(at) === what.replica ? (world.callers[at] = idle) : undefined))
        return Effect.void
      case "Status":
        return report(world, what.back, what.status)
      case "Stranger": {
        if (world.model.attempt === undefined) return Effect.void
        const token = `token-${world.tokens++}`
        return Effect.asVoid(
          world.atStore({ _tag: "claim", token, content: "other content", hours: 1, accepted: false }, "a stranger")
        )
      }
      case "Accept": {
        const token = `token-${world.tokens++}`
        return Effect.asVoid(send(world, { _tag: "accept", token, content: "content" }, what.fate, "a caller"))
      }
      case "Verdict":
        return judge(world, what.verdict, what.rightly)
      case "Elapse":
        return elapse(world, stage, intentId, what.hours)
    }
  })

const lists = ["accepted", "claimed", "sent", "failed", "in_doubt", "disputed"] as const

/** The last command and the last evidence have come: everybody can see how the intent ended (I2). */
const end = Effect.fnUntraced(function* (world: World, stage: Stage, intentId: IntentId) {
  yield* Effect.forEach(world.late.splice(0), (operation) => world.atStore(operation, "at last"), { discard: true })
  yield* elapse(world, stage, intentId, callHours + 1)
  for (const [attempt, messageId] of world.acted) {
    yield* world.atStore({ _tag: "evidence", attempt, status: "delivered", messageId }, "provider")
  }
  const [state = ""] = world.seen.split(",")
  const listed = yield* Effect.filter(lists, (list) =>
    Effect.map(stage.ledger.list(list, { limit: 200 }), ({ intents }) =>
      intents.some((one) => one.intentId === intentId)
    )
  )
  const gone = state === "nothing" || state === "expired"
  if (listed.join() !== (gone ? "" : state))
    return yield* world.breaks(`listed as ${listed.join(" and ") || "nothing"}`)
  if (world.acted.size > 0 && world.misjudged.size === 0 && !["sent", "disputed", "expired"].includes(state)) {
    return yield* world.breaks("the provider acted and said so, and the record does not")
  }
})

/** Plays one case against a ledger; fails with the rule that broke. */
export const play = Effect.fnUntraced(function* (stage: Stage, intentId: IntentId, moves: ReadonlyArray<Move>) {
  const world = worldOf(stage.ledger, intentId)
  yield* Effect.forEach(moves, (what) => move(world, stage, intentId, what), { discard: true })
  yield* end(world, stage, intentId)
})
