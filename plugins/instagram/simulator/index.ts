import type { Simulate } from "../../../src/connector/simulator.ts"
import type { Dialect } from "../../meta/simulator/messaging/setting.ts"
import { simulateMessaging } from "../../meta/simulator/messaging/simulate.ts"
import { comments, username } from "./comments.ts"
import { conversations } from "./conversations.ts"

const utf8 = new TextEncoder()

const dialect: Dialect = {
  object: "instagram",
  describe: ({ instagramAccountId = "", login = "instagram", pageId = "" }) => ({
    id: instagramAccountId,
    self: login === "facebook" && pageId !== "" ? pageId : instagramAccountId
  }),
  profile: ({ id, self }) => ({ id: self, user_id: id, username, account_type: "BUSINESS" }),
  fits: (text) => utf8.encode(text).length <= 1000,
  scopes: ["instagram_basic", "instagram_manage_messages", "instagram_manage_comments", "pages_manage_metadata"],
  echoesMetadata: false,
  tellsDelivery: false,
  windowClosed: {
    status: 400,
    code: 10,
    subcode: 2_534_022,
    details: "a mensagem foi enviada fora do período permitido"
  },
  answeredBefore: { status: 400, code: 100, subcode: 2_534_025, details: "não é possível responder a este comentário" },
  failsWith: 2
}

/** Simulates accounts of either login: messages with echoes, comments and answers to them (META 5, 8). */
export const simulate: Simulate = simulateMessaging(dialect, (setting) => [
  ...comments(setting),
  ...conversations(setting)
])
