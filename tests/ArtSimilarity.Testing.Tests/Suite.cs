using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace ArtSimilarity.Testing.Tests;

/// <summary>Runs single tests of a suite, without a runner.</summary>
internal static class Suite
{
    /// <summary>Fails unless a test of a suite passes with a sound part, and fails with one that has a fault.</summary>
    /// <param name="sound">The suite of the sound part.</param>
    /// <param name="faulty">The suite of the other.</param>
    /// <param name="test">The name of the test.</param>
    public static async Task AssertRejectsAsync(object sound, object faulty, string test)
    {
        Assert.Null(await RunAsync(sound, test));
        Exception? failure = await RunAsync(faulty, test);
        Assert.True(failure is not null, $"{test} passes although the part is wrong.");
        Assert.True(IsAssertion(failure), $"{test} fails by something else than an assertion: {failure}");
    }

    private static async Task<Exception?> RunAsync(object suite, string test)
    {
        MethodInfo method = suite.GetType().GetMethod(test) ?? throw new ArgumentException($"The suite has no test {test}.", nameof(test));
        object?[][] rows = [.. method.GetCustomAttributes<InlineDataAttribute>().Select(row => row.Data)];
        try
        {
            foreach (object?[] row in rows.Length == 0 ? [[]] : rows)
            {
                if (method.Invoke(suite, BindingFlags.DoNotWrapExceptions, null, Fit(method, row), null) is Task task)
                {
                    await task;
                }
            }

            return null;
        }
        catch (SkipException e)
        {
            throw new InvalidOperationException($"{test} is skipped, and proves nothing: {e.Message}");
        }
        catch (Exception e)
        {
            return e;
        }
        finally
        {
            (suite as IDisposable)?.Dispose();
        }
    }

    /// <summary>Whether a test found what it looks for; CsCheck and tasks wrap what was thrown.</summary>
    private static bool IsAssertion(Exception failure) => failure switch
    {
        XunitException => true,
        AggregateException several => several.InnerExceptions.Any(IsAssertion),
        _ => failure.InnerException is Exception inner && IsAssertion(inner),
    };

    /// <summary>A test with <c>params</c> takes the rest of a row as one array.</summary>
    private static object?[] Fit(MethodInfo method, object?[] row)
    {
        ParameterInfo? last = method.GetParameters().LastOrDefault();
        if (last?.IsDefined(typeof(ParamArrayAttribute)) != true)
        {
            return row;
        }

        var rest = Array.CreateInstance(last.ParameterType.GetElementType()!, row.Length - last.Position);
        Array.Copy(row, last.Position, rest, 0, rest.Length);
        return [.. row[..last.Position], rest];
    }
}
