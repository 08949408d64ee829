using Openclawssy.TestKit;

namespace Openclawssy.Acceptance;

/// <summary>A model server that says what a script tells it to.</summary>
interface IScriptedModel : IAsyncDisposable
{
    /// <summary>Where it listens, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    string BaseUrl { get; }

    /// <summary>Its next answer asks for one tool.</summary>
    void Calls(string name, string json);

    /// <summary>Its next answer is this text.</summary>
    void Says(string text);

    /// <summary>Its next answer is this text, but not before <see cref="GoesOn"/>.</summary>
    void Waits(string text);

    /// <summary>Its next answer asks for one tool, but not before <see cref="GoesOn"/>.</summary>
    void WaitsToCall(string name, string json);

    /// <summary>What has waited longest is said now.</summary>
    void GoesOn();

    /// <summary>Waits until it was asked so many times.</summary>
    Task AskedAsync(int times);

    /// <summary>Its next answer is an error with this status.</summary>
    void Fails(int status, string message);
}

/// <summary>Where scripts get their model from: a real HTTP server that also checks every request it gets.</summary>
static class ScriptedModels
{
    public static Func<IScriptedModel>? Start { get; } = static () => new CheckingModel(FakeModelServer.StartAsync().GetAwaiter().GetResult());

    sealed class CheckingModel(FakeModelServer server) : IScriptedModel
    {
        readonly Queue<TaskCompletionSource> held = new();

        public string BaseUrl => server.BaseUrl;

        public void Waits(string text) => server.Answers(FakeAnswer.Says(text).After(Held()));

        public void WaitsToCall(string name, string json) => server.Answers(FakeAnswer.Calls((name, json)).After(Held()));

        public void GoesOn() => held.Dequeue().SetResult();

        Task Held()
        {
            held.Enqueue(new());
            return held.Last().Task;
        }

        public async Task AskedAsync(int times)
        {
            using var overdue = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (server.Requests.Count < times) await Task.Delay(5, overdue.Token);
        }

        public void Calls(string name, string json) => server.Calls(name, json);

        public void Says(string text) => server.Says(text);

        public void Fails(int status, string message) => server.Answers(FakeAnswer.Error(status, message));

        /// <summary>A story ends with a clean bill for every request that was made in it.</summary>
        public async ValueTask DisposeAsync()
        {
            try { server.AssertClean(); }
            finally { await server.DisposeAsync(); }
        }
    }
}
