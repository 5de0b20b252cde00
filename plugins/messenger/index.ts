import * as Duration from "effect/Duration"
import { connector } from "../../src/connector/connector.ts"
import { handshake, verify } from "../meta/authentication.ts"
import { messagingErrors as errors } from "../meta/messaging/errors.ts"
import { isGraphAnswer } from "../meta/graph-answer.ts"
import { throttleSeconds } from "../meta/usage.ts"
import { decode, identityVersion } from "./inbound/decode.ts"
import { markSeen, typing } from "./outbound/actions.ts"
import { attachment } from "./outbound/attachment.ts"
import { commentReply } from "./outbound/comment-reply.ts"
import { privateReply } from "./outbound/private-reply.ts"
import { template } from "./outbound/template.ts"
import { text } from "./outbound/text.ts"
import { structureOf } from "../meta/settings.ts"
import { probe } from "./probe.ts"
import { Account, Settings, isGenuine } from "./settings.ts"

/** The Messenger Platform, for pages. */
export const messenger = connector({
  id: "messenger",
  version: "0.1.0",
  retryHorizon: Duration.days(7),
  settings: Settings,
  structureOf,
  isGenuine,
  account: Account,
  secrets: { connector: ["verifyToken"], either: ["appSecret"], account: ["accessToken"] },
  routes: (alias, { pageId }) => [{ providerAccount: pageId, account: alias }],
  inbound: {
    handshakeSecret: "verifyToken",
    handshake,
    signingSecret: "appSecret",
    verify,
    decode,
    identityVersion
  },
  capabilities: [text, attachment, template, privateReply, markSeen, typing, commentReply],
  errors,
  probe,
  throttleSeconds,
  isOwnAnswer: isGraphAnswer,
  simulator: () => import("./simulator/index.ts").then(({ simulate }) => simulate)
})
