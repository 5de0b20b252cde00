import type { Json } from "../../src/domain/json.ts"
import * as instagram from "../plugins/instagram/samples.ts"
import * as messenger from "../plugins/messenger/samples.ts"
import {
  calls,
  fieldOfTomorrow,
  groupCreated,
  preferences,
  templateApproved
} from "../plugins/whatsapp/samples/account-events.ts"
import { revokeEcho, textEcho, withEchoes } from "../plugins/whatsapp/samples/echoes.ts"
import {
  everyType,
  interactiveWithoutObject,
  withMessages,
  withoutPhone
} from "../plugins/whatsapp/samples/messages.ts"
import { failed, inGroup, sent, withStatuses } from "../plugins/whatsapp/samples/statuses.ts"

/** Webhooks as they are, from which mutations begin. */
export const seeds: Readonly<Record<string, readonly [Json, ...ReadonlyArray<Json>]>> = {
  whatsapp: [
    interactiveWithoutObject,
    withoutPhone,
    ...everyType.map((message) => withMessages([message])),
    withMessages(everyType),
    withStatuses([sent, failed, inGroup]),
    withEchoes([textEcho, revokeEcho]),
    templateApproved,
    calls,
    preferences,
    groupCreated,
    fieldOfTomorrow
  ],
  instagram: [
    instagram.withMessaging(instagram.message({ text: "Is it here?" })),
    instagram.withMessaging(instagram.fromPerson({ reaction: { mid: "m_1", action: "react", emoji: "!" } })),
    instagram.withMessaging(instagram.fromPerson({ read: { mid: "m_1" } })),
    instagram.withMessaging(instagram.fromAccount({ message: { mid: "m_2", is_echo: true, text: "Yes" } })),
    instagram.withChange("comments", instagram.comment)
  ],
  messenger: [
    messenger.withMessaging(messenger.fromPerson({ message: { mid: "m_1", text: "Is it here?" } })),
    messenger.withMessaging(messenger.fromPerson({ postback: { mid: "m_3", title: "Go", payload: "go" } })),
    messenger.withMessaging(messenger.fromPage({ mid: "m_2", is_echo: true, text: "Yes" }))
  ]
}
