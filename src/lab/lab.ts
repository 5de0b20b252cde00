import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as HttpClient from "effect/http/HttpClient"
import { gateway } from "../app.ts"
import { BootRefused, failed } from "../boot/report.ts"
import type { ProgramParts } from "../parts.ts"
import { demonstrate } from "./demonstrate.ts"
import { echoRuntime } from "./echo-runtime.ts"
import { businessAccountId, type LabPorts, labReading, phoneNumberId } from "./lab-config.ts"
import { pageRoutes } from "./page-routes.ts"
import { serveRoutes } from "./serve-routes.ts"
import { invitation } from "./invitation.ts"

/** Milliseconds that the simulated provider and the example runtime are given to stop. */
const drain = 300

/** Gateway, simulated provider and example runtime in one process, a first message shown going through; never ends. */
export const runLab = Effect.fnUntraced(function* (parts: ProgramParts, port: number) {
  const ports: LabPorts = { gateway: port, provider: port + 1, runtime: port + 2 }
  const secrets = labSecrets(parts)
  const whatsapp = parts.gateway.connectors.find(({ id }) => id === "whatsapp")
  if (whatsapp?.simulator === undefined) return yield* new BootRefused({ checks: [noSimulator] })
  const simulate = yield* Effect.promise(whatsapp.simulator)
  const simulator = yield* simulate({
    webhookUrl: `http://127.0.0.1:${ports.gateway}/webhooks/whatsapp`,
    secrets: { appSecret: secrets.redacted("meta/app-secret") },
    accounts: [
      { account: { phoneNumberId, businessAccountId }, secrets: { accessToken: secrets.redacted("whatsapp/support") } }
    ],
    digest: parts.gateway.digest
  })
  const runtime = echoRuntime({
    gateway: `http://127.0.0.1:${ports.gateway}`,
    apiKey: secrets.redacted("api/lab"),
    secret: secrets.redacted("runtime/signing"),
    client: yield* HttpClient.HttpClient
  })
  const server = yield* Layer.build(parts.gateway.webServer)
  yield* Effect.provideContext(
    Effect.andThen(
      serveRoutes(runtime, ports.runtime, drain),
      serveRoutes(Layer.mergeAll(simulator.routes, pageRoutes(yield* parts.labPage)), ports.provider, drain)
    ),
    server
  )
  yield* gateway(labReading(ports), { ...parts.gateway, secretStore: () => parts.givenSecrets(secrets.values) })
  yield* demonstrate(simulator)
  yield* Console.error(
    invitation(ports, {
      apiKey: secrets.values["api/lab"] ?? "",
      verifyToken: secrets.values["meta/verify-token"] ?? ""
    })
  )
  return yield* Effect.never
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
    "whatsapp/support": word(),
    "api/lab": `lab_${word()}`,
    "runtime/signing": `whsec_${parts.randomKey()}`
  }
  return { values, redacted: (ref: string) => Redacted.make(values[ref] ?? "") }
}

const noSimulator = failed("simulator:whatsapp", "the connector has no simulator", "reinstall comporta")
