import type { Simulate } from "../../../src/connector/simulator.ts"
import { comments } from "./comments.ts"
import { codePoints } from "../../meta/text-length.ts"
import { simulateMessaging } from "../../meta/simulator/messaging/simulate.ts"

/** Simulates a page: it accepts messages, returns their metadata in echoes, and reports their delivery (META 5.4, 6). */
export const simulate: Simulate = simulateMessaging(
  {
    object: "page",
    describe: ({ pageId = "" }) => ({ id: pageId, self: pageId }),
    profile: ({ id }) => ({ id, name: "Simulated page" }),
    fits: (text) => codePoints(text) <= 2000,
    scopes: ["pages_messaging", "pages_manage_metadata"],
    echoesMetadata: true,
    tellsDelivery: true,
    windowClosed: {
      status: 400,
      code: 10,
      subcode: 2_018_278,
      details: "a mensagem foi enviada fora do período permitido"
    },
    answeredBefore: { status: 400, code: 10_900, details: "não é possível responder a este comentário" },
    failsWith: 2
  },
  comments
)
