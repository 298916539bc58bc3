"""A producer on the bus: gives a file, follows how it is read, asks about it, and hears how a job fails.

usage: producer.py NATS_URL FILE QUESTION [TENANT [SEED_FILE]]

Needs nats-py, and its extra `nkeys` where the server knows its users: then the tenant's key is `<keys>/producer-<tenant>/seed`.
"""

import asyncio
import base64
import hashlib
import json
import sys
import uuid
from pathlib import Path

import nats

PATIENCE = 120


class Producer:
    def __init__(self, connection, tenant):
        self.connection = connection
        self.jetstream = connection.jetstream()
        self.tenant = tenant

    async def submit(self, subject, body):
        """Sends a job. The same id twice is kept once: what is sent again after a lost ack is done once."""
        job = str(uuid.uuid4())
        await self.jetstream.publish(f"{subject}.{self.tenant}", json.dumps(body).encode(), headers={"Nats-Msg-Id": job})
        return job

    async def listen(self, subject):
        """What is said from now on: to be called before the job that it is said of is sent."""
        subscription = await self.connection.subscribe(subject)
        await self.connection.flush()
        return subscription

    async def put(self, content):
        """Bytes lie in the tenant's object store under their SHA-256; the same bytes lie there once."""
        name = hashlib.sha256(content).hexdigest()
        files = await self.jetstream.object_store(f"files_{self.tenant}")
        await files.put(name, content)
        return name

    async def get(self, bucket, name):
        """Reads an object by direct gets: `ObjectStore.get` makes a consumer, which the user of a tenant's programs may not."""
        stream = f"$JS.API.DIRECT.GET.OBJ_{bucket}"
        key = base64.urlsafe_b64encode(name.encode()).decode()
        found = await self.connection.request(f"{stream}.$O.{bucket}.M.{key}", timeout=10)
        if "Status" in (found.headers or {}):
            raise KeyError(f"no object {name} in {bucket}")
        known = json.loads(found.data)
        content, last = b"", 0
        for _ in range(known["chunks"]):
            wanted = {"seq": last + 1, "next_by_subj": f"$O.{bucket}.C.{known['nuid']}"}
            chunk = await self.connection.request(stream, json.dumps(wanted).encode(), timeout=10)
            content, last = content + chunk.data, int(chunk.headers["Nats-Sequence"])
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
        if known["digest"] != f"SHA-256={digest}":
            raise ValueError(f"object {name} in {bucket} is damaged")
        return content

    async def answer(self, name):
        return json.loads(await self.get(f"answers_{self.tenant}", name))


async def first(subscription, wanted):
    """The first message whose body is wanted."""
    async with asyncio.timeout(PATIENCE):
        async for message in subscription.messages:
            body = json.loads(message.data)
            if wanted(message.subject, body):
                return message.subject, body


def tell(**what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


async def main(url, file, question, tenant="local", seed=None):
    # Replies come to an inbox that is the user's own.
    user = {"nkeys_seed": seed, "inbox_prefix": f"_INBOX_producer-{tenant}".encode()} if seed else {}
    connection = await nats.connect(url, name="producer in Python", **user)
    producer = Producer(connection, tenant)
    events = await producer.listen(f"event.*.v1.{tenant}")
    progress = await producer.listen(f"progress.{tenant}.*")
    dead = await producer.listen(f"dead.*.v1.{tenant}")

    path = Path(file)
    content = await producer.put(path.read_bytes())
    job = await producer.submit("job.ingest.v1", {"action": "add", "name": path.name, "content": content})

    def ends(_, report):
        if report["id"] == job:
            tell(progress=report["stage"], state=report["state"]["is"])
        return report["id"] == job and report["state"]["is"] != "running"

    await first(progress, ends)
    subject, fact = await first(
        events, lambda subject, body: subject.startswith(("event.file-indexed.", "event.file-rejected.")) and body["job"] == job
    )
    if "rejection" in fact:
        sys.exit(f"{fact['name']} is rejected: {fact['rejection']['message']}")
    tell(indexed=fact["file"], tables=fact["tables"])

    asked = await producer.submit("job.ask.v1", {"question": question, "files": [fact["file"]]})
    await first(events, lambda subject, body: subject.startswith("event.answer-ready.") and body["answer"] == asked)
    answer = await producer.answer(asked)
    tell(answer=answer["text"], status=answer["status"], rows=answer["rows"])

    # A name of two lines is none: the job goes to the dead letters, with the place of what was wrong.
    wrong = await producer.submit("job.ingest.v1", {"action": "add", "name": "two\nlines.csv", "content": content})
    _, letter = await first(dead, lambda _, body: body["headers"].get("Nats-Msg-Id") == [wrong])
    tell(dead=letter["reason"], at=letter["pointer"])
    await connection.close()


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5, 6):
        sys.exit(__doc__)
    asyncio.run(main(*sys.argv[1:]))
