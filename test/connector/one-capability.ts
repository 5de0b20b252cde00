import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Capability } from "../../src/connector/capability.ts"
import { connector } from "../../src/connector/connector.ts"
import { digest } from "../plugins/digest.ts"

/** A connector with one capability and one account, `front`, configured. */
export const channelOf = (capability: Capability<object, object>) =>
  Effect.fromResult(
    connector({
      id: "single",
      version: "1.0.0",
      retryHorizon: Duration.days(1),
      settings: Schema.Struct({}),
      account: Schema.Struct({}),
      secrets: { connector: [], account: [] },
      routes: (alias) => [{ providerAccount: alias, account: alias }],
      inbound: {
        handshakeSecret: "none",
        handshake: () => ({ _tag: "Refused" }),
        signingSecret: "none",
        verify: () => -1,
        decode: () => [],
        identityVersion: 1
      },
      capabilities: [capability],
      errors: []
    }).configure({
      secrets: {},
      settings: {},
      accounts: { front: { secrets: {}, settings: {} } },
      capabilities: [capability.id]
    })
  ).pipe(
    Effect.flatMap(({ bind }) =>
      bind(() => Effect.succeed({ current: () => Redacted.make(""), candidates: () => [] }), digest)
    ),
    Effect.orDie
  )
