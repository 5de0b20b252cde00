import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import { gateway } from "../app/gateway.ts"
import { BootRefused, failed } from "../boot/report.ts"
import type { ProgramParts } from "../app/layer-factories.ts"
import { channels, type LabChannel, type LabPorts, labReading } from "./channels.ts"
import { demonstrate } from "./demonstrate.ts"
import { echoRuntime } from "./echo-runtime.ts"
import { pageRoutes, serveRoutes } from "./routes.ts"
import { invitation } from "./invitation.ts"

/** Milliseconds that the simulated provider and the example runtime have to stop. */
const drain = 300

/** Runs gateway, simulated providers and example runtime in one process, and demonstrates a first message. Never ends. */
export const runLab = Effect.fnUntraced(function* (parts: ProgramParts, port: number) {
  const ports: LabPorts = { gateway: port, provider: port + 1, runtime: port + 2 }
  const secrets = labSecrets(parts)
  const simulators = yield* Effect.forEach(channels, (channel) => simulatorOf(parts, channel, port, secrets.redacted))
  const runtime = echoRuntime({
    gateway: `http://127.0.0.1:${ports.gateway}`,
    apiKey: secrets.redacted("api/lab"),
    secret: secrets.redacted("runtime/signing"),
    client: yield* HttpClient.HttpClient
  })
  const server = yield* Layer.build(parts.gateway.webServer)
  const page = yield* parts.labPage
  yield* Effect.provideContext(
    Effect.andThen(
      serveRoutes(runtime, ports.runtime, drain),
      Effect.forEach(simulators, ({ channel, simulator }) =>
        serveRoutes(Layer.mergeAll(simulator.routes, pageRoutes(page, channel, port)), port + channel.port, drain)
      )
    ),
    server
  )
  yield* gateway(labReading(ports), { ...parts.gateway, secretStore: () => parts.givenSecrets(secrets.values) })
  const [first] = simulators
  if (first !== undefined) yield* demonstrate(first.simulator)
  yield* Console.error(
    invitation(ports, {
      apiKey: secrets.values["api/lab"] ?? "",
      verifyToken: secrets.values["meta/verify-token"] ?? ""
    })
  )
  return yield* Effect.never
})

/** Builds the simulator of a channel's connector. `port`: the gateway's. */
const simulatorOf = Effect.fnUntraced(function* (
  parts: ProgramParts,
  channel: LabChannel,
  port: number,
  redacted: (ref: string) => Redacted.Redacted<string>
) {
  const connector = parts.gateway.connectors.find(({ id }) => id === channel.id)
  if (connector?.simulator === undefined) return yield* new BootRefused({ checks: [noSimulator(channel.id)] })
  const simulate = yield* Effect.promise(connector.simulator)
  const simulator = yield* simulate({
    webhookUrl: `http://127.0.0.1:${port}/webhooks/${channel.id}`,
    secrets: { appSecret: redacted("meta/app-secret") },
    accounts: [{ account: channel.account, secrets: { accessToken: redacted(channel.token) } }],
    digest: parts.gateway.digest
  })
  return { channel, simulator }
})

const labSecrets = (parts: ProgramParts) => {
  const word = () =>
    parts
      .randomKey()
      .replaceAll(/[^A-Za-z0-9]/g, "")
      .slice(0, 32)
  const values: Readonly<Record<string, string>> = {
    "meta/app-secret": word(),
    "meta/verify-token": word(),
    ...Object.fromEntries(channels.map(({ token }) => [token, word()])),
    "api/lab": `lab_${word()}`,
    "runtime/signing": `whsec_${parts.randomKey()}`
  }
  return { values, redacted: (ref: string) => Redacted.make(values[ref] ?? "") }
}

const noSimulator = (id: string) =>
  failed(`simulator:${id}`, "absent", "the connector has no simulator", "reinstall comporta")
