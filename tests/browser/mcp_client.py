"""The official Python client of the Model Context Protocol against a gateway. Argument: the gateway's address."""

import asyncio
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


async def main(address: str) -> None:
    async with streamable_http_client(f"{address}/mcp") as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            assert set(tools) == {"ask_tables", "search_knowledge", "detect_text", "list_files", "get_trail"}, tools
            answer = await session.call_tool("ask_tables", {"question": "2024年3月华东的销售额是多少？"})
            whole = answer.structured_content
            assert whole["rows"] == [[1284530.75]], answer
            trail = await session.call_tool("get_trail", {"answer": whole["id"]})
            assert trail.structured_content["trail"]["checks"], trail
            found = await session.call_tool("search_knowledge", {"query": "CA1234"})
            assert found.structured_content["hits"][0]["name"] == "旅客手册.pdf", found
            wrong = await session.call_tool("get_trail", {"answer": "42"})
            assert wrong.is_error, wrong
    print("ok")


asyncio.run(main(sys.argv[1]))
