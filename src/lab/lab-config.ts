import * as Duration from "effect/Duration"
import type { Reading } from "../config/read.ts"
import { retentionDefaults } from "../config/store-schema.ts"

export const phoneNumberId = "100000000000001"
export const businessAccountId = "200000000000002"

export interface LabPorts {
  readonly gateway: number
  readonly provider: number
  readonly runtime: number
}

/** What `comporta.yaml` would say for the lab. Its secrets are made for one run. */
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
    connectors: {
      whatsapp: {
        secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
        settings: { graph: { version: "v25.0", baseUrl: `http://127.0.0.1:${ports.provider}` } },
        accounts: {
          support: { secrets: { accessToken: "whatsapp/support" }, settings: { phoneNumberId, businessAccountId } }
        },
        capabilities: [
          "text",
          "template",
          "image",
          "video",
          "audio",
          "document",
          "sticker",
          "location",
          "contacts",
          "interactive",
          "reaction",
          "pin",
          "marketing_message",
          "message",
          "mark_read",
          "typing_indicator",
          "media_delete"
        ]
      }
    }
  }
})
