"""The official Python client against a gateway whose services play their parts. Argument: the gateway's address."""

import sys

import openai

address = sys.argv[1]
client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0)

names = [model.id for model in client.models.list()]
assert names == ["contrail-auto", "contrail-tables", "contrail-knowledge", "contrail-detector"], names

file = client.files.create(file=("零售.csv", "日期,销售额\n2024-03-01,7\n".encode()), purpose="user_data")
assert file.filename == "零售.csv" and file.object == "file", file
assert any(known.id == file.id for known in client.files.list())
question = {"role": "user", "content": [
    {"type": "text", "text": "2024年3月华东的销售额是多少？"},
    {"type": "file", "file": {"file_id": file.id}},
]}

reply = client.chat.completions.create(model="contrail-auto", messages=[{"role": "system", "content": "x"}, question])
assert "1284530.75" in reply.choices[0].message.content, reply
assert reply.choices[0].finish_reason == "stop"
assert reply.model_extra["x_contrail"]["confidence"]["label"] == "verified"

stages, text, whole = "", "", None
stream = client.chat.completions.create(
    model="contrail-tables", messages=[question], stream=True, stream_options={"include_usage": True})
for chunk in stream:
    if chunk.choices:
        delta = chunk.choices[0].delta
        text += delta.content or ""
        stages += (delta.model_extra or {}).get("reasoning_content") or ""
    whole = (chunk.model_extra or {}).get("x_contrail") or whole
    usage = chunk.usage
assert text == reply.choices[0].message.content.replace(reply.model_extra["x_contrail"]["id"], whole["id"]), text
assert "computing" in stages and usage is not None

vectors = client.embeddings.create(model="contrail-embed", input=["a", "词语"])
assert [item.embedding[0] for item in vectors.data] == [1.0, 2.0], vectors

sound = ("question.webm", b"sound", "audio/webm")
assert client.audio.transcriptions.create(model="whisper-1", file=sound, language="zh").text == "各地区的销售额？"
assert client.audio.transcriptions.create(model="whisper-1", file=sound, response_format="text") == "各地区的销售额？\n"

# The file is read by now: a question about it was answered.
assert client.files.retrieve(file.id).status == "processed"
assert client.files.content(file.id).read().decode().startswith("日期")
assert client.files.delete(file.id).deleted

for wrong, kind in [
    (lambda: client.chat.completions.create(model="gpt-4", messages=[question]), openai.NotFoundError),
    (lambda: client.chat.completions.create(model="contrail-auto", messages=[]), openai.BadRequestError),
    (lambda: client.audio.transcriptions.create(model="whisper-1", file=("a.txt", b"x")), openai.BadRequestError),
    (lambda: client.files.retrieve("0199f1d2-7c3a-7def-8123-456789abcdef"), openai.NotFoundError),
]:
    try:
        wrong()
    except kind as error:
        assert error.code and error.type == "invalid_request_error", error
    else:
        raise AssertionError(f"no {kind}")
print("ok")
