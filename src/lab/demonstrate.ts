import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { Simulator } from "../connector/simulator.ts"

const customer = "15550001111"

/** Shows one message in, its reply out, and the redelivered webhook, in four lines on stderr. */
export const demonstrate = (simulator: Simulator) =>
  Effect.gen(function* () {
    yield* Console.error(
      "\nThis is comporta, LOCAL: memory store, simulated provider. Nothing here leaves the machine.\n"
    )
    const { delivery, again } = yield* simulator.customerWrites({ from: customer, text: "Hello, is anybody there?" })
    yield* Console.error(
      `  1. a customer wrote            webhook answered ${delivery.status}, admitted=${delivery.admitted}`
    )
    const effects = yield* simulator.effects(1)
    yield* Console.error(`  2. the runtime's reply went out "${effects[0]?.text ?? ""}"`)
    const second = yield* again
    yield* Console.error(
      `  3. the same webhook again      webhook answered ${second.status}, deduped=${second.deduped}`
    )
    const after = yield* simulator.effects(1)
    yield* Console.error(`  4. effects at the provider     ${after.length}\n`)
  })
