import * as Duration from "effect/Duration"
import { connector } from "../../src/connector/connector.ts"
import { handshake, verify } from "../meta/authentication.ts"
import { readEcho } from "../meta/messaging/echo-looks.ts"
import { messagingErrors as errors } from "../meta/messaging/errors.ts"
import { isGraphAnswer } from "../meta/graph-answer.ts"
import { throttleSeconds } from "../meta/usage.ts"
import { confirmInbound } from "./inbound/conversation.ts"
import { decode, identityVersion } from "./inbound/decode.ts"
import { Account, isGenuine, limits, Settings, structureOf, variantOf } from "./settings.ts"
import { markSeen, reaction, typing } from "./outbound/actions.ts"
import { attachment } from "./outbound/attachment.ts"
import { commentDelete } from "./outbound/comment-delete.ts"
import { commentHide } from "./outbound/comment-hide.ts"
import { commentReply } from "./outbound/comment-reply.ts"
import { privateReply } from "./outbound/private-reply.ts"
import { template } from "./outbound/template.ts"
import { text } from "./outbound/text.ts"
import { probe } from "./probe.ts"

/** A text with a tag that does not exist: code 100, and nothing is sent (META 5.3). */
const refusedInput = {
  capability: "text",
  input: { text: "comporta drill", messaging_type: "MESSAGE_TAG", tag: "COMPORTA_DRILL_NO_SUCH_TAG" }
}

/** The Instagram API, with Instagram Login or with Facebook Login. */
export const instagram = connector({
  id: "instagram",
  version: "0.1.0",
  retryHorizon: Duration.days(7),
  settings: Settings,
  variantOf,
  structureOf,
  isGenuine,
  account: Account,
  secrets: { connector: ["verifyToken"], either: ["appSecret"], account: ["accessToken"] },
  routes: (alias, { instagramAccountId }) => [{ providerAccount: instagramAccountId, account: alias }],
  inbound: {
    handshakeSecret: "verifyToken",
    handshake,
    signingSecret: "appSecret",
    verify,
    decode,
    identityVersion
  },
  capabilities: [
    text,
    attachment,
    template,
    reaction,
    markSeen,
    typing,
    commentReply,
    privateReply,
    commentHide,
    commentDelete
  ],
  errors,
  echoes: { read: readEcho, appId: ({ appId }) => appId },
  probe,
  confirmInbound,
  refusedInput,
  limits,
  throttleSeconds,
  isOwnAnswer: isGraphAnswer,
  simulator: () => import("./simulator/index.ts").then(({ simulate }) => simulate)
})
