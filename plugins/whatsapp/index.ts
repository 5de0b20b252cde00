import * as Duration from "effect/Duration"
import type { Route } from "../../src/connector/definition.ts"
import { connector } from "../../src/connector/connector.ts"
import { isGraphAnswer } from "../meta/graph-answer.ts"
import { throttleSeconds } from "../meta/usage.ts"
import { capabilities } from "./capabilities.ts"
import { errors } from "./errors.ts"
import { decode, identityVersion } from "./inbound/decode.ts"
import { mediaOfMessage } from "./inbound/messages.ts"
import { explain } from "./inbound/explain.ts"
import { handshake, verify } from "../meta/authentication.ts"
import { structureOf } from "../meta/settings.ts"
import { Account, isGenuine, limits, Settings } from "./settings.ts"
import { media } from "./media.ts"
import { conversationOf, recipientKey } from "./outbound/recipient.ts"
import { missingTemplate } from "./outbound/template.ts"
import { probe } from "./probe.ts"

/**
 * Returns the routes of a number: its own events have its alias, those of its business account one that all its numbers
 * share (G28).
 */
const routes = (alias: string, account: Account): readonly [Route, Route] => [
  { providerAccount: account.phoneNumberId, account: alias },
  { providerAccount: account.businessAccountId, account: `business-${account.businessAccountId}` }
]

/** The provider answers a template that does not exist with code 132001, and sends nothing (META 3.5). */
const refusedInput = { capability: "template", input: { name: missingTemplate, language: { code: "en_US" } } }

/** The WhatsApp Cloud API. */
export const whatsapp = connector({
  id: "whatsapp",
  version: "0.1.0",
  retryHorizon: Duration.days(7),
  settings: Settings,
  account: Account,
  secrets: { connector: ["verifyToken"], either: ["appSecret"], account: ["accessToken"] },
  routes,
  inbound: {
    handshakeSecret: "verifyToken",
    handshake,
    signingSecret: "appSecret",
    verify,
    decode,
    explain,
    identityVersion
  },
  capabilities,
  errors,
  probe,
  limits,
  media,
  confirmInbound: { by: "capability", media: mediaOfMessage },
  refusedInput,
  recipientOf: recipientKey,
  conversationOf,
  throttleSeconds,
  isOwnAnswer: isGraphAnswer,
  structureOf,
  isGenuine,
  simulator: () => import("./simulator/index.ts").then(({ simulate }) => simulate)
})
