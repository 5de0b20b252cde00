import * as http from "node:http"
import { parseArgs } from "node:util"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { writeMeasurement } from "../../scripts/release/measurements.ts"
import { version } from "../../src/version.ts"
import { conserves } from "../support/client.ts"
import { gateway } from "./place.ts"
import { isRight, shoot, type Shot } from "./round.ts"

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    connections: { type: "string", default: "32" },
    json: { type: "string" }
  }
})
const count = Number(values.count)
const first = Number(values.seed) * 1_000_000_000
const connections = Number(values.connections)
const chunk = 10_000

interface Tally {
  readonly signed: number
  readonly unsigned: number
  readonly wrong: ReadonlyArray<Shot>
}

const add = (tally: Tally, shots: ReadonlyArray<Shot>): Tally => ({
  signed: tally.signed + shots.filter(({ signed }) => signed).length,
  unsigned: tally.unsigned + shots.filter(({ signed }) => !signed).length,
  wrong: [...tally.wrong, ...shots.filter((shot) => !isRight(shot))].slice(0, 20)
})

const seedsFrom = (from: number, size: number) => Array.from({ length: size }, (_, index) => from + index)

/** Mutated webhooks against a real gateway: no crash, no 5xx, no unsigned one past the gate (I6). */
const fuzz = Effect.scoped(
  Effect.gen(function* () {
    const program = yield* gateway
    const port = Number(new URL(program.url).port)
    const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
    const shots = (from: number, size: number, unsignedAlone: boolean) =>
      Effect.forEach(seedsFrom(from, size), (seed) => shoot(agent, port, seed, unsignedAlone), {
        concurrency: connections
      })

    let tally: Tally = { signed: 0, unsigned: 0, wrong: [] }
    for (let done = 0; done < count && tally.wrong.length === 0; done += chunk) {
      tally = add(tally, yield* shots(first + done, Math.min(chunk, count - done), false))
      if ((done / chunk) % 10 === 0) yield* Console.log(`${done + chunk} of ${count}`)
    }
    const before = yield* program.counts
    tally = add(tally, yield* shots(first + count, Math.min(chunk, count), true))
    const after = yield* program.counts
    agent.destroy()

    const untouched = JSON.stringify(before) === JSON.stringify(after)
    const unforeseen = program.lines.all.filter(({ event }) => event === "internal").length
    yield* Console.log(
      `${tally.signed} signed and ${tally.unsigned} unsigned webhooks, seed ${values.seed}: ` +
        `${after.admitted} admitted, ${after.deduped} deduped, ${after.quarantined} quarantined`
    )
    for (const shot of tally.wrong) yield* Console.log(`wrong: ${JSON.stringify(shot)}`)
    const faults = [
      ...(tally.wrong.length > 0 ? ["some were answered wrongly"] : []),
      ...(untouched ? [] : ["an unsigned one went past the gate"]),
      ...(conserves(after) ? [] : ["conservation does not hold"]),
      ...(unforeseen === 0 ? [] : [`${unforeseen} unforeseen failures in the log`])
    ]
    for (const fault of faults) yield* Console.log(`fault: ${fault}`)
    const { signed, unsigned } = tally
    writeMeasurement(values.json, { v: 1, kind: "fuzz", version, seed: Number(values.seed), signed, unsigned, faults })
    return faults.length
  })
)

process.exitCode = (await Effect.runPromise(fuzz)) === 0 ? 0 : 1
