import { instagram } from "../../../plugins/instagram/index.ts"
import type { RawConnector } from "../../../src/connector/definition.ts"
import { bound } from "../bound.ts"
import { account } from "./samples.ts"

export const pageId = "400000000000001"
export const linked = "17840000000000002"

/** `shop` by Instagram Login, `linked` by Facebook Login with the secret of the Meta app. */
export const raw: RawConnector = {
  secrets: { appSecret: "instagram/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0" } },
  accounts: {
    shop: { secrets: { accessToken: "instagram/shop" }, settings: { instagramAccountId: account } },
    linked: {
      secrets: { accessToken: "instagram/linked", appSecret: "meta/app-secret" },
      settings: { instagramAccountId: linked, login: "facebook", pageId }
    }
  },
  capabilities: instagram.capabilities.map(({ id }) => id)
}

export const channelWith = (given: RawConnector) => bound(instagram, given)
export const channel = channelWith(raw)
