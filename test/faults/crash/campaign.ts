import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { resolve } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { batch } from "./batch.ts"
import { bundled } from "./bundled.ts"
import { writeRow } from "./ledger-page.ts"
import { add, begun, Tally } from "./tally.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    /** Batches at once. */
    lanes: { type: "string", default: "4" },
    state: { type: "string" }
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

/** As many batches at once as there are lanes: what is finished is a whole number of rounds. */
const round = (tally: Tally) =>
  Effect.gen(function* () {
    const firsts = Array.from({ length: lanes }, (_, lane) => tally.done + lane * perBatch)
    const made = yield* Effect.forEach(firsts, (first) => batch(seed, numbersFrom(first)), { concurrency: "unbounded" })
    const after = made.reduce((sum, one) => add(sum, perBatch, one), tally)
    save(after)
    console.log(
      `${after.kills} kills, ${after.intents} intents, ${after.performed} performed: ${after.sent} sent, ` +
        `${after.failed} failed, ${after.inDoubt} in doubt, ${after.resolved} of them resolved; ${after.wrong.length} wrong`
    )
    return after
  })

const campaign = Effect.gen(function* () {
  let tally = existsSync(state) ? decode(readFileSync(state, "utf8")) : begun(seed)
  console.log(`seed ${seed}: ${tally.kills} of ${kills} kills are done; the state is kept in ${state}`)
  while (tally.kills < kills && tally.wrong.length === 0) tally = yield* round(tally)
  for (const wrong of tally.wrong) console.error(wrong)
  if (tally.wrong.length > 0) process.exitCode = 1
})

NodeRuntime.runMain(Effect.provide(campaign, bundled), {
  teardown: (exit, done) => done(Exit.isFailure(exit) ? 1 : Number(process.exitCode ?? 0))
})
