import * as Effect from "effect/Effect"
import { instagram } from "../../plugins/instagram/index.ts"
import { messenger } from "../../plugins/messenger/index.ts"
import { whatsapp } from "../../plugins/whatsapp/index.ts"
import type { World } from "../../src/readiness/world.ts"
import { readText } from "../config/files.ts"

export const connectors = [whatsapp, instagram, messenger]

/** A world with one value for each fact. */
export const world: World = {
  platform: "kubernetes",
  architecture: "x64",
  store: { kind: "redis", versionLine: "7.2", persistence: "appendonly always", eviction: "noeviction" }
}

/** Words that no section may hold: a host, an account, an alias, the path of a secret, of a file, a header. */
export const canaries = [
  "redis-canary.internal",
  "app-canary.internal",
  "vault-canary",
  "106540352242922",
  "17841400000000",
  "support-canary",
  "canary/secret",
  "/etc/canary",
  "tenant-canary"
]

/** A file of staging with two logins of Instagram. */
export const file = `environment: staging
store:
  url: rediss://redis-canary.internal:6379
  caFile: /etc/canary/ca.pem
  password: canary/secret-store
  sealingKey: canary/secret-sealing
  pepper: canary/secret-pepper
secrets: { from: vault, address: https://vault-canary:8200, auth: { tokenFile: /etc/canary/token } }
runtime:
  push: { url: http://app-canary.internal/comporta, secret: canary/secret-runtime, transport: mesh, headers: { x-tenant: tenant-canary } }
connectors:
  whatsapp:
    graph: { version: v25.0 }
    secrets: { appSecret: canary/secret-app, verifyToken: canary/secret-verify }
    accounts:
      support-canary: { phoneNumberId: "106540352242922", businessAccountId: "1065403522", secrets: { accessToken: canary/secret-token } }
    capabilities: [text, mark_read]
  instagram:
    graph: { version: v25.0 }
    secrets: { appSecret: canary/secret-app, verifyToken: canary/secret-verify }
    accounts:
      shop: { instagramAccountId: "17841400000000", secrets: { accessToken: canary/secret-token-2 } }
      page: { instagramAccountId: "17841400000001", login: facebook, secrets: { accessToken: canary/secret-token-3 } }
    capabilities: [text, comment_reply, mark_seen]
`

/** A replaced part of the file. */
export type Change = readonly [from: string | RegExp, to: string]

/** Reads the file after some changes of its text. */
export const configured = (...changes: ReadonlyArray<Change>) =>
  Effect.map(readText(changes.reduce((text, [from, to]) => text.replace(from, to), file)), ({ config }) => ({
    config,
    connectors
  }))
