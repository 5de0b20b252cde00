import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { writeMeasurement } from "../../../scripts/release/measurements.ts"
import { version } from "../../../src/version.ts"
import { batch } from "./batch.ts"
import { bundled } from "./bundled.ts"
import { writeRow } from "./ledger-page.ts"
import { add, begin, begun, faultsOf, Tally } from "./tally.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    /** Batches at once, each with its own store, provider and gateways. */
    lanes: { type: "string", default: "4" },
    state: { type: "string" },
    json: { type: "string" }
  }
})

const [kills, seed, lanes] = [Number(values.kills), Number(values.seed), Number(values.lanes)]
const root = fileURLToPath(new URL("../../../", import.meta.url))
const state = resolve(values.state ?? `${root}.crash-${seed}.json`)
const perBatch = 20

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Tally))
const encode = Schema.encodeSync(Schema.fromJsonString(Tally))

const save = (tally: Tally) => {
  writeFileSync(`${state}.new`, encode(tally))
  renameSync(`${state}.new`, state)
  writeRow(tally)
}

const numbersFrom = (first: number) => Array.from({ length: perBatch }, (_, n) => first + n)

const tell = (tally: Tally) =>
  console.log(
    `${tally.kills} kills, ${tally.intents} intents, ${tally.performed} performed: ${tally.sent} sent, ` +
      `${tally.failed} failed, ${tally.inDoubt} in doubt, ${tally.resolved} of them resolved; ${tally.wrong.length} wrong`
  )

const campaign = Effect.gen(function* () {
  let tally = existsSync(state) ? decode(readFileSync(state, "utf8")) : begun(seed)
  console.log(`seed ${seed}: ${tally.kills} of ${kills} kills are done; the state is kept in ${state}`)
  const underWay = new Set<number>()
  const lane = Effect.gen(function* () {
    while (tally.kills < kills && tally.wrong.length === 0) {
      const [first, next] = begin(tally, perBatch, underWay)
      underWay.add(first)
      save((tally = next))
      const made = yield* batch(seed, numbersFrom(first))
      save((tally = add(tally, first, made)))
      tell(tally)
    }
  })
  yield* Effect.all(
    Array.from({ length: lanes }, () => lane),
    { concurrency: "unbounded", discard: true }
  )
  writeMeasurement(values.json, {
    v: 1,
    kind: "crash-sends",
    version,
    seed,
    kills: tally.kills,
    atThePoint: tally.reached,
    things: tally.intents,
    ...faultsOf(tally),
    uncertain: tally.inDoubt - tally.resolved
  })
  for (const wrong of tally.wrong) console.error(wrong)
  if (tally.wrong.length > 0) process.exitCode = 1
})

NodeRuntime.runMain(Effect.provide(campaign, bundled), {
  teardown: (exit, done) => done(Exit.isFailure(exit) ? 1 : Number(process.exitCode ?? 0))
})
