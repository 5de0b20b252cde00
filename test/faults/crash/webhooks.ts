import process from "node:process"
import { parseArgs } from "node:util"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { writeMeasurement } from "../../../scripts/release/measurements.ts"
import { version } from "../../../src/version.ts"
import { bundled } from "./bundled.ts"
import { type WebhookBatch, webhookBatch } from "./webhook-batch.ts"

// Kills gateways while they receive and deliver, and counts the items that were lost or became two events.

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" }
  }
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
const perBatch = 20

const campaign = Effect.gen(function* () {
  let sum: WebhookBatch = { kills: 0, atThePoint: 0, things: 0, losses: 0, duplicates: 0, otherFaults: 0, uncertain: 0 }
  while (sum.kills < kills && sum.losses + sum.duplicates + sum.otherFaults === 0) {
    const made = yield* webhookBatch(seed, sum.kills, Math.min(perBatch, kills - sum.kills))
    sum = {
      kills: sum.kills + made.kills,
      atThePoint: sum.atThePoint + made.atThePoint,
      things: sum.things + made.things,
      losses: sum.losses + made.losses,
      duplicates: sum.duplicates + made.duplicates,
      otherFaults: sum.otherFaults + made.otherFaults,
      uncertain: sum.uncertain + made.uncertain
    }
    console.log(
      `${sum.kills} kills, ${sum.atThePoint} at the point, ${sum.things} items: ${sum.losses} lost, ` +
        `${sum.duplicates} admitted twice, ${sum.uncertain} pushed again, ${sum.otherFaults} other faults`
    )
  }
  writeMeasurement(values.json, { v: 1, kind: "crash-webhooks", version, seed, ...sum })
  if (sum.losses + sum.duplicates + sum.otherFaults > 0) process.exitCode = 1
})

NodeRuntime.runMain(Effect.provide(campaign, bundled), {
  teardown: (exit, done) => done(Exit.isFailure(exit) ? 1 : Number(process.exitCode ?? 0))
})
