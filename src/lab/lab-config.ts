import * as Duration from "effect/Duration"
import type { Reading } from "../config/read.ts"
import { retentionDefaults } from "../config/store-schema.ts"
import { channels, connectorOf } from "./channels.ts"

export interface LabPorts {
  readonly gateway: number
  /** Port of the simulated WhatsApp. */
  readonly provider: number
  readonly runtime: number
}

/** Returns the lab's configuration, in place of a `comporta.yaml`. Its secrets are made for one run. */
export const labReading = (ports: LabPorts): Reading => ({
  file: "lab",
  locate: () => undefined,
  config: {
    environment: "local",
    server: { host: "127.0.0.1", port: ports.gateway, trustedProxies: [] },
    store: {
      at: { _tag: "Memory" },
      durability: "process",
      retention: retentionDefaults
    },
    runtime: {
      _tag: "Push",
      url: `http://127.0.0.1:${ports.runtime}/comporta`,
      secret: "runtime/signing",
      timeout: Duration.seconds(30)
    },
    api: { keys: [{ id: "lab", secret: "api/lab", scopes: ["send", "read", "operate"], namespace: "lab" }] },
    boot: { deadCredential: "refuse" },
    connectors: Object.fromEntries(channels.map((channel) => [channel.id, connectorOf(channel, ports.gateway)]))
  }
})
