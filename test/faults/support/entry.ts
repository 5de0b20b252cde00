import process from "node:process"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ProviderHttp } from "../../../src/connector/provider-http.ts"
import { EventLog } from "../../../src/inbound/event-log.ts"
import { Runtime } from "../../../src/inbound/runtime.ts"
import { parts, run } from "../../../src/main-parts.ts"
import { IntentLedger } from "../../../src/outbound/intent-ledger.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import type { Parts } from "../../../src/parts.ts"
import { obey, type Order, stepped } from "./steps.ts"

// The program as it is shipped, whose services a test can stop at any step. Started by replica.ts, which obeys nobody else.

const shipped = parts(false)

const wrapped = <I extends object, S extends object>(tag: Context.Key<I, S>, name: string) => ({
  in: <All>(context: Context.Context<All | I>) => Context.add(context, tag, stepped(name, Context.get(context, tag)))
})

const store: Parts["store"] = (...given) =>
  Layer.effectContext(
    Effect.map(Layer.build(shipped.gateway.store(...given)), (services) =>
      services.pipe(
        wrapped(EventLog, "EventLog").in,
        wrapped(IntentLedger, "IntentLedger").in,
        wrapped(Partitions, "Partitions").in
      )
    )
  )

const over = <I extends object, S extends object, E, R>(
  tag: Context.Key<I, S>,
  name: string,
  layer: Layer.Layer<I, E, R>
) => Layer.effectContext(Effect.map(Layer.build(layer), wrapped(tag, name).in<never>))

const gateway: Parts = {
  ...shipped.gateway,
  store,
  runtime: (...given) => over(Runtime, "Runtime", shipped.gateway.runtime(...given)),
  providerHttp: over(ProviderHttp, "ProviderHttp", shipped.gateway.providerHttp)
}

process.once("disconnect", () => process.exit(1))
process.on("message", (order: Order) => {
  if (order.order === "begin") run({ ...shipped, gateway }, process.argv.slice(2))
  else obey(order)
})
