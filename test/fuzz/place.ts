import * as Effect from "effect/Effect"
import { installation } from "../support/program.ts"
import { secrets } from "../support/client.ts"
import { account } from "../plugins/instagram/samples.ts"
import { page } from "../plugins/messenger/samples.ts"
import { businessAccountId, phoneNumberId } from "../support/webhook.ts"

export const signing = secrets["meta/app-secret"]

const file = (directory: string, port: number) => `
environment: local
server: { port: ${port} }
store: memory
secrets: { from: files, directory: "${directory}/secrets" }
connectors:
  whatsapp:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts:
      support: { phoneNumberId: "${phoneNumberId}", businessAccountId: "${businessAccountId}", secrets: { accessToken: whatsapp/support } }
    capabilities: [text]
  instagram:
    login: instagram
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { shop: { instagramAccountId: "${account}", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text]
  messenger:
    graph: { version: v25.0, baseUrl: "http://127.0.0.1:9" }
    secrets: { appSecret: meta/app-secret, verifyToken: meta/verify-token }
    accounts: { page: { pageId: "${page}", secrets: { accessToken: whatsapp/support } } }
    capabilities: [text]
`

/** A real gateway with every channel, in memory, without a runtime. */
export const gateway = Effect.flatMap(installation({ file }), ({ start }) => start)
