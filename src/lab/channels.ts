import * as Duration from "effect/Duration"
import type { ConnectorConfig } from "../config/config.ts"
import type { Reading } from "../config/read.ts"
import { retentionDefaults } from "../config/store-schema.ts"

type ChannelId = "whatsapp" | "instagram" | "messenger"

/** One simulated channel of the lab. */
export interface LabChannel {
  readonly id: ChannelId
  readonly name: string
  /** Port of its simulator, relative to the gateway's. */
  readonly port: number
  /** Id of a customer, in the channel's form. */
  readonly customer: string
  /** Keys of its account, as in an operator's file. */
  readonly account: Readonly<Record<string, string>>
  readonly token: string
  readonly capabilities: ReadonlyArray<string>
  /** Returns the input of a text intent, by the channel's own schema. */
  readonly said: (text: string) => Readonly<Record<string, string>>
}

export const channels: ReadonlyArray<LabChannel> = [
  {
    id: "whatsapp",
    name: "WhatsApp",
    port: 1,
    customer: "15550001111",
    account: { phoneNumberId: "100000000000001", businessAccountId: "200000000000002" },
    token: "whatsapp/support",
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
    ],
    said: (body) => ({ body })
  },
  {
    id: "instagram",
    name: "Instagram",
    port: 3,
    customer: "900000000000001",
    account: { instagramAccountId: "17840000000000001" },
    token: "instagram/support",
    capabilities: [
      "text",
      "attachment",
      "template",
      "reaction",
      "mark_seen",
      "typing",
      "comment_reply",
      "private_reply",
      "comment_hide",
      "comment_delete"
    ],
    said: (text) => ({ text })
  },
  {
    id: "messenger",
    name: "Messenger",
    port: 4,
    customer: "900000000000002",
    account: { pageId: "400000000000001" },
    token: "messenger/support",
    capabilities: ["text", "attachment", "template", "private_reply", "mark_seen", "typing", "comment_reply"],
    said: (text) => ({ text })
  }
]

/** Returns the connector as in an operator's file. `port`: the gateway's. */
const connectorOf = ({ account, capabilities, port: after, token }: LabChannel, port: number): ConnectorConfig => ({
  secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0", baseUrl: `http://127.0.0.1:${port + after}` } },
  accounts: { support: { secrets: { accessToken: token }, settings: account } },
  capabilities
})

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
    server: { host: "127.0.0.1", port: ports.gateway },
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
    staging: { people: {} },
    connectors: Object.fromEntries(channels.map((channel) => [channel.id, connectorOf(channel, ports.gateway)]))
  }
})
