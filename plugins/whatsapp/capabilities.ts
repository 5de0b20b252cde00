import { type Capability, idempotent, unprotected, verified } from "../../src/connector/capability.ts"
import { audio } from "./outbound/audio.ts"
import { contacts } from "./outbound/contacts.ts"
import { document } from "./outbound/document.ts"
import { image } from "./outbound/image.ts"
import { interactive } from "./outbound/interactive.ts"
import { location } from "./outbound/location.ts"
import { marketingMessage } from "./outbound/marketing-message.ts"
import { mediaDelete } from "./outbound/media-delete.ts"
import { otherMessage } from "./outbound/other-message.ts"
import { pin } from "./outbound/pin.ts"
import { markRead, typingIndicator } from "./outbound/mark-read.ts"
import { reaction } from "./outbound/reaction.ts"
import { sticker } from "./outbound/sticker.ts"
import { template } from "./outbound/template.ts"
import { text } from "./outbound/text.ts"
import { video } from "./outbound/video.ts"
import type { Account, Settings } from "./settings.ts"

/** Proof by status: the provider's statuses return the callback data (META 4.2). */
const byStatus = { proof: "status-echo", acknowledged: "delivered" } as const

/** Types of messages with a capability each, which has the name of the type. */
const messages: ReadonlyArray<Capability<Settings, Account>> = [
  verified({ ...text, ...byStatus }),
  verified({ ...template, ...byStatus }),
  verified({ ...image, ...byStatus }),
  verified({ ...video, ...byStatus }),
  verified({ ...audio, ...byStatus }),
  verified({ ...document, ...byStatus }),
  verified({ ...sticker, ...byStatus }),
  verified({ ...location, ...byStatus }),
  verified({ ...contacts, ...byStatus }),
  verified({ ...interactive, ...byStatus }),
  // A doubt is not retried: a late retry would undo a later change (G21). Its only status is `sent`.
  verified({ ...reaction, ...byStatus, acknowledged: "sent" }),
  // A doubt is not retried: a late retry would undo an unpin (G21).
  // No source lists its statuses, so only the answer counts as a sign of it.
  verified({ ...pin, ...byStatus, acknowledged: "accepted" })
]

/** Capabilities with their protection and proof. The connector's page says the same. */
export const capabilities: ReadonlyArray<Capability<Settings, Account>> = [
  ...messages,
  verified({ ...marketingMessage, ...byStatus }),
  // A message of every type has statuses.
  verified({ ...otherMessage(messages.map(({ id }) => id)), ...byStatus }),
  idempotent({ ...markRead, acknowledged: "accepted", retryUnknown: 2 }),
  // The indicator ends by itself, so a repetition would show it again (G21).
  unprotected({ ...typingIndicator, acknowledged: "accepted" }),
  // A late retry would delete a medium that a later message uses (G21). A missing medium proves nothing (G20).
  unprotected({ ...mediaDelete, acknowledged: "accepted" })
]
