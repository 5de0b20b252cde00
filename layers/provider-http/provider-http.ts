import * as tls from "node:tls"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Attempt, type Caller, ProviderHttp } from "../../src/connector/provider-http.ts"
import { exchange } from "../undici/exchange.ts"
import { opened } from "../undici/opened.ts"
import * as Wire from "../undici/wire.ts"

/** Bounds a call outside an attempt: it may always start, and has 10,000 milliseconds. */
const unbound: Attempt = { mayStart: () => true, deadline: 10_000 }

const callerOf = (wire: Wire.Wire, attempt: Attempt): Caller => ({
  call: (request) => exchange(wire, request, attempt),
  open: (request) => opened(wire, request, attempt)
})

/**
 * Provides calls to providers. They use no proxy, even if the environment names one, and trust only Node's own root
 * certificates (G40) unless `ca` names others.
 */
export const layer = (options: Partial<Wire.WireOptions> = {}): Layer.Layer<ProviderHttp> =>
  Layer.effect(
    ProviderHttp,
    Effect.map(Wire.make({ connections: 64, ca: tls.rootCertificates, ...options }), (wire) =>
      ProviderHttp.of({
        ...callerOf(wire, unbound),
        within: (attempt) => callerOf(wire, attempt)
      })
    )
  )
