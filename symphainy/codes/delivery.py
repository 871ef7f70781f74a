"""Codes of delivering messages, of their adapters and of the realms."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "adapter.taken",
        "Two adapters of one channel have the same name",
        "Uninstall one of the two packages, or rename its adapter.",
        status=409,
    ),
    Code(
        "adapter.unknown",
        "No adapter of that channel and name is installed",
        "Use one that GET /v1/adapters lists, or install the package that has it.",
    ),
    Code(
        "adapter.broken",
        "An installed package's adapters cannot be loaded",
        "Read the reason, then mend or uninstall the package; the others work meanwhile.",
        severity="warning",
    ),
    Code(
        "capability.broken",
        "An installed package's capabilities cannot be loaded",
        "Read the reason, then mend or uninstall the package; the others work meanwhile.",
        severity="warning",
    ),
    Code(
        "capability.taken",
        "Two capabilities have the same name and major version",
        "Uninstall one of the two packages, or rename its capability.",
        status=409,
    ),
    Code(
        "capability.unknown",
        "No capability of that name and version is installed",
        "Use one that GET /v1/capabilities lists, or install the package that has it.",
    ),
    Code(
        "delivery.sent",
        "The delivery was sent, or another was sent in its place",
        "Leave it be; start a new run if it is to be said once more.",
        status=409,
    ),
    Code(
        "delivery.under-way",
        "The run of the delivery still sees to it",
        "Wait for it, answer what it asks people, or cancel the run first.",
        status=409,
    ),
    Code(
        "delivery.in-doubt",
        "Nobody knows whether the delivery has arrived",
        "Find out at the provider, and say it with /resolve; or send it once more with "
        "`maySendTwice`, and the duplicate is yours.",
        status=409,
    ),
    Code(
        "delivery.settled",
        "It is known what became of the delivery",
        "Read its state: only what is in doubt can be cleared up.",
        status=409,
    ),
    Code(
        "delivery.forgotten",
        "What the delivery says is not kept any more",
        "Start a new run that says it: histories are kept as long as the retention of Temporal's "
        "namespace says.",
        status=409,
    ),
    Code(
        "delivery.address",
        "The recipient's or the sender's address cannot be written to",
        "Correct the address; for mail it is local@domain, without name or angle brackets.",
    ),
    Code(
        "delivery.header",
        "A header that may not be set, or with characters it may not have",
        "Remove the header or its line breaks; the adapter sets the standard ones itself.",
    ),
    Code(
        "delivery.text",
        "The message has characters that are no text",
        "Take NUL characters and lone surrogates out of the data it is made of.",
    ),
    Code(
        "delivery.length",
        "The text message is too long",
        "Write less: ten parts are the most, each of 153 characters, or of 67 as soon as one of "
        "them is not in the alphabet of mobile networks. A link says the rest.",
    ),
    Code(
        "delivery.sender",
        "The provider cannot send from this sender",
        "Set `from` of the experience to one that the provider lets you use.",
    ),
    Code(
        "delivery.arguments",
        "The step does not say what to send, or to whom",
        "Give `to`, and a `template` of the experience or a `text`.",
    ),
    Code(
        "delivery.no-address",
        "The customer has no address on this channel",
        "Set one with journey.profile, or write it into `to`.",
    ),
    Code(
        "delivery.invalid",
        "The adapter would refuse the message",
        "Read the reason and change the message or the address; nothing was sent.",
    ),
    Code(
        "delivery.not-sent",
        "The message could not be sent now",
        "Nothing was sent and it will be tried again.",
        status=503,
    ),
    Code(
        "delivery.rejected",
        "The provider refused the message for good",
        "Read its answer; change the address or the message.",
    ),
    Code(
        "delivery.callback",
        "The provider has to ask back, and the world does not reach this platform",
        "Set SYMPHAINY_PUBLIC_BASE_URL to what the world calls the platform, or leave questions, "
        "transfers and the handling of machines out of the call.",
    ),
    Code(
        "delivery.feature",
        "The adapter cannot do what the message asks for",
        "Bind the experience to an adapter that can, or leave it out of the message.",
    ),
    Code(
        "delivery.expired",
        "The message's time to be sent had passed",
        "Nothing was sent. Start it again with a later expiry if it still matters.",
    ),
    Code(
        "delivery.unreachable",
        "The provider could not be reached",
        "Nothing was sent and it will be tried again; check host, port and network if it persists.",
        status=503,
    ),
    Code(
        "delivery.security",
        "The provider offers no or no valid encryption",
        "Nothing was sent. Check the provider's certificate and SYMPHAINY_SMTP_TLS.",
        status=503,
    ),
    Code(
        "delivery.credentials",
        "The provider does not accept our credentials",
        "Nothing was sent. Check the credentials of the binding, and that they may send from its "
        "sender.",
        status=503,
    ),
    Code(
        "delivery.busy",
        "The provider asks to come back later",
        "Nothing was sent and it will be tried again.",
        status=503,
    ),
    Code(
        "delivery.refused",
        "The provider refuses the message for good",
        "Read its answer; change the address or the message.",
    ),
    Code(
        "delivery.unsupported",
        "The provider cannot do what the message needs",
        "Use an address in ASCII, or a provider that supports internationalised mail.",
    ),
    Code(
        "delivery.unknown",
        "The message left and no answer came",
        "It may have arrived. Ask the recipient or the provider before sending it again.",
        status=504,
    ),
    Code(
        "delivery.endpoint-gone",
        "The endpoint wants no more events",
        "Ask who runs the server; once it wants events again, enable the endpoint with "
        "`POST /v1/webhooks/{name}/enable` and start the run again.",
        status=409,
    ),
    Code(
        "delivery.exhausted",
        "Every attempt of the schedule failed",
        "Mend the server, then start the run again; `try` lets the flow say what else to do.",
        status=502,
    ),
    Code(
        "delivery.answered",
        "The run has answered its request already",
        "A request is answered once: answer by one step only, or by experiences of their own.",
        status=409,
    ),
    Code(
        "profile.unknown",
        "There is no such customer",
        "Check the id, or create the customer by setting something.",
        status=404,
    ),
    Code(
        "profile.id",
        "The customer's id cannot be used",
        "An id has 1 to 200 printable characters and no space at its ends.",
    ),
    Code(
        "profile.name",
        "The name cannot be used",
        "A name is one line of 1 to 200 characters.",
    ),
    Code(
        "profile.zone",
        "The time zone does not exist",
        "Use a name of the IANA database, such as Europe/Vienna.",
    ),
    Code(
        "profile.locale",
        "The locale is none",
        "Use a BCP 47 tag, such as en, de-AT or zh-Hant-TW.",
    ),
    Code(
        "profile.email",
        "The mail address is none",
        "Write it as local@domain.",
    ),
    Code(
        "profile.phone",
        "The phone number is none",
        "Write it as E.164: a plus, the country code and the number, such as +4312345678.",
    ),
    Code(
        "score.model",
        "No scorecard, two, or one that does not exist",
        "Give either a model (payment-risk, lead-fit) or a scorecard of your own.",
    ),
    Code(
        "score.rule",
        "A rule of the scorecard cannot be applied",
        "Give the rule the kind of value its operator compares with.",
    ),
    Code(
        "score.bands",
        "Two bands of the scorecard start at the same score",
        "Give every band another start.",
    ),
    Code(
        "transform.program",
        "The program of data.transform is not jq, or reaches beyond its data",
        "Correct it at the place the message names; leave out env, input, debug, import and such.",
    ),
    Code(
        "transform.failed",
        "The program of data.transform ended in an error",
        "Check the data it is given; `?` and `//` tell what to do where a part is missing.",
    ),
    Code(
        "transform.limits",
        "The program of data.transform took too much time or memory",
        "Work on the data in parts, or filter it before it is sorted or joined.",
    ),
    Code(
        "transform.result",
        "The result of data.transform is too large",
        "Select what later tasks need, or transform the data in parts.",
    ),
    Code(
        "transform.process",
        "A worker could not start a process for data.transform",
        "It is tried again; see that the worker's machine has processes and memory to spare.",
    ),
)
