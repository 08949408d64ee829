using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Openclawssy.Bench;

/// <summary>
/// A model server that answers at once: bytes prepared beforehand, one connection at a time. It asks for one tool call a turn
/// until it has asked for <paramref name="calls"/>, then answers. Its own time (last byte read to last byte sent) is counted.
/// </summary>
sealed class InstantModel(int calls, string tool, Func<int, string> arguments) : IDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    long ownTicks;

    public string BaseUrl => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";
    public TimeSpan OwnTime => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref ownTicks));

    public InstantModel Start()
    {
        listener.Start();
        _ = Task.Factory.StartNew(Serve, TaskCreationOptions.LongRunning);
        return this;
    }

    void Serve()
    {
        var answers = Enumerable.Range(0, calls + 1).Select(Answer).ToArray();
        var buffer = new byte[4 << 20];
        try
        {
            while (true)
            {
                using var client = listener.AcceptSocket();
                client.NoDelay = true;
                for (var turn = 0; ReadRequest(client, buffer, out var began); turn++)
                {
                    client.Send(answers[Math.Min(turn, calls)]);
                    Interlocked.Add(ref ownTicks, Stopwatch.GetTimestamp() - began);
                }
            }
        }
        catch (SocketException) { }
        catch (ObjectDisposedException) { }
    }

    /// <param name="began">When the last bytes of the request had arrived.</param>
    static bool ReadRequest(Socket client, byte[] buffer, out long began)
    {
        began = 0;
        var have = 0;
        var need = int.MaxValue;
        while (have < need)
        {
            var read = client.Receive(buffer, have, buffer.Length - have, SocketFlags.None);
            if (read == 0) return false;
            began = Stopwatch.GetTimestamp();
            have += read;
            if (need != int.MaxValue) continue;
            var head = buffer.AsSpan(0, have).IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            var text = Encoding.ASCII.GetString(buffer, 0, head);
            var at = text.IndexOf("Content-Length:", StringComparison.OrdinalIgnoreCase);
            var length = at < 0 ? 0 : int.Parse(text[(at + 15)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
            need = head + 4 + length;
        }
        return true;
    }

    byte[] Answer(int turn)
    {
        var delta = turn < calls
            ? $$$"""{"role":"assistant","tool_calls":[{"index":0,"id":"call_{{{turn}}}","type":"function","function":{"name":"{{{tool.Replace('.', '-')}}}","arguments":{{{Quote(arguments(turn))}}} } }]}"""
            : """{"role":"assistant","content":"done"}""";
        var finish = turn < calls ? "tool_calls" : "stop";
        var body = $$$"""
            data: {"id":"x","object":"chat.completion.chunk","model":"instant","choices":[{"index":0,"delta":{{{delta}}},"finish_reason":null}]}

            data: {"id":"x","object":"chat.completion.chunk","model":"instant","choices":[{"index":0,"delta":{},"finish_reason":"{{{finish}}}"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}

            data: [DONE]


            """.ReplaceLineEndings("\n");
        var bytes = Encoding.UTF8.GetBytes(body);
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {bytes.Length}\r\n\r\n"), .. bytes];
    }

    static string Quote(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    public void Dispose() => listener.Dispose();
}
