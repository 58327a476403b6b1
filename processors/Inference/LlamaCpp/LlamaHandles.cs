using Microsoft.Win32.SafeHandles;

namespace Syscribe.Inference.LlamaCpp;

/// <summary>Owns a <c>llama_model</c>.</summary>
internal sealed class LlamaModelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_model_free(handle);
        return true;
    }
}

/// <summary>Owns a <c>llama_context</c>, and keeps its model alive until the context is freed.</summary>
internal sealed class LlamaContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    private LlamaModelHandle? _model;

    /// <summary>Makes this context hold <paramref name="model"/>; called once, right after the context was made.</summary>
    public void Hold(LlamaModelHandle model)
    {
        var held = false;
        model.DangerousAddRef(ref held);
        _model = model;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.llama_free(handle);
        _model?.DangerousRelease();
        return true;
    }
}
