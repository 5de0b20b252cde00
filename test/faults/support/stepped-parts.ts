import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ProviderHttp } from "../../../src/connector/provider-http.ts"
import * as Breaker from "../../../src/inbound/deliver/circuit-breaker.ts"
import { EventLog } from "../../../src/inbound/event-log/event-log.ts"
import { Runtime } from "../../../src/inbound/runtime/runtime.ts"
import { IntentLanes } from "../../../src/outbound/queue/intent-lanes.ts"
import { IntentLedger } from "../../../src/outbound/ledger/intent-ledger.ts"
import { Partitions } from "../../../src/partition/partitions.ts"
import type { Parts } from "../../../src/app/layer-factories.ts"
import { hasty } from "../../support/hasty.ts"
import { stepped } from "./steps.ts"

const wrapped = <I extends object, S extends object>(tag: Context.Key<I, S>, name: string) => ({
  in: <All>(context: Context.Context<All | I>) => Context.add(context, tag, stepped(name, Context.get(context, tag)))
})

const over = <I extends object, S extends object, E, R>(
  tag: Context.Key<I, S>,
  name: string,
  layer: Layer.Layer<I, E, R>
) => Layer.effectContext(Effect.map(Layer.build(layer), wrapped(tag, name).in<never>))

/** The same implementations; a test can stop the process at any step of store, provider and runtime. */
export const steppedParts = (shipped: Parts): Parts => ({
  ...shipped,
  store: (...given) =>
    Layer.effectContext(
      Effect.map(Layer.build(shipped.store(...given)), (services) =>
        services.pipe(
          wrapped(EventLog, "EventLog").in,
          wrapped(IntentLedger, "IntentLedger").in,
          wrapped(IntentLanes, "IntentLanes").in,
          wrapped(Partitions, "Partitions").in
        )
      )
    ),
  breaker: Breaker.layer(hasty),
  runtime: (...given) => over(Runtime, "Runtime", shipped.runtime(...given)),
  providerHttp: over(ProviderHttp, "ProviderHttp", shipped.providerHttp)
})
