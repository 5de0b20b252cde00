import * as tls from "node:tls"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Attempt, ProviderHttp } from "../../src/connector/provider-http.ts"
import { exchange } from "../undici/exchange.ts"
import * as Wire from "../undici/wire.ts"

/** A call outside of an attempt. Milliseconds. */
const unbound: Attempt = { mayStart: () => true, deadline: 10_000 }

/** Through no proxy, whatever the environment says, and trusting only the roots that Node brings (G40) unless `ca` says other. */
export const layer = (options: Partial<Wire.WireOptions> = {}): Layer.Layer<ProviderHttp> =>
  Layer.effect(
    ProviderHttp,
    Effect.map(Wire.make({ connections: 64, ca: tls.rootCertificates, ...options }), (wire) =>
      ProviderHttp.of({
        call: (request) => exchange(wire, request, unbound),
        within: (attempt) => ({ call: (request) => exchange(wire, request, attempt) })
      })
    )
  )
