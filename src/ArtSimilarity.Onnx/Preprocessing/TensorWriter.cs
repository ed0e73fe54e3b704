using System.Buffers;
using System.Runtime.Intrinsics;
using ArtSimilarity.Imaging;

namespace ArtSimilarity.Onnx.Preprocessing;

/// <summary>Writes images into input tensors, as an <see cref="ImagePreprocessing"/> says. Safe to call from several threads.</summary>
internal sealed class TensorWriter
{
    private readonly ImagePreprocessing _preprocessing;
    private readonly ChannelValues _factor;
    private readonly ChannelValues _offset;

    public TensorWriter(ImagePreprocessing preprocessing)
    {
        _preprocessing = preprocessing;
        ChannelValues mean = preprocessing.Mean;
        ChannelValues std = preprocessing.Std;

        // (pixel × scale − mean) / std = pixel × factor + offset
        double scale = preprocessing.Scale;
        _factor = new ChannelValues((float)(scale / std.Red), (float)(scale / std.Green), (float)(scale / std.Blue));
        _offset = new ChannelValues((float)(-mean.Red / (double)std.Red), (float)(-mean.Green / (double)std.Green), (float)(-mean.Blue / (double)std.Blue));
    }

    /// <summary>The numbers in the tensor of one image.</summary>
    public int Length => 3 * _preprocessing.InputSize.Width * _preprocessing.InputSize.Height;

    public void Write(RgbImage image, Span<float> tensor)
    {
        ImageSize input = _preprocessing.InputSize;
        ImageSize size = input;
        ImageRegion? region = null;
        switch (_preprocessing.ResizePolicy)
        {
            case ResizePolicy.CenterCrop:
                region = CenteredRegion(image.Size, input, _preprocessing.CropFraction);
                break;
            case ResizePolicy.Letterbox:
                size = FittingSize(image.Size, input);
                if (size != input)
                {
                    tensor.Clear();
                }

                break;
        }

        int left = (input.Width - size.Width) / 2;
        int top = (input.Height - size.Height) / 2;
        if (region is null && image.Size == size)
        {
            WritePixels(image.Pixels, size, left, top, tensor);
            return;
        }

        int length = 3 * size.Width * size.Height;
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Span<byte> resized = rented.AsSpan(0, length);
            ImageResampler.Resize(image, region, size, resized);
            WritePixels(resized, size, left, top, tensor);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Mirrors the tensor of one image in its place: left becomes right.</summary>
    public void Mirror(Span<float> tensor)
    {
        int width = _preprocessing.InputSize.Width;
        if (_preprocessing.Layout == TensorLayout.Nchw)
        {
            for (int start = 0; start < tensor.Length; start += width)
            {
                tensor.Slice(start, width).Reverse();
            }

            return;
        }

        // Reversed as a whole, a row has its pixels mirrored and the channels of each of them, which are then turned back.
        for (int start = 0; start < tensor.Length; start += 3 * width)
        {
            tensor.Slice(start, 3 * width).Reverse();
        }

        for (int pixel = 0; pixel < tensor.Length; pixel += 3)
        {
            (tensor[pixel], tensor[pixel + 2]) = (tensor[pixel + 2], tensor[pixel]);
        }
    }

    private static ImageRegion? CenteredRegion(ImageSize image, ImageSize input, double fraction)
    {
        double scale = fraction * Math.Min((double)image.Width / input.Width, (double)image.Height / input.Height);
        int width = Math.Clamp((int)Math.Round(input.Width * scale), 1, image.Width);
        int height = Math.Clamp((int)Math.Round(input.Height * scale), 1, image.Height);
        return width == image.Width && height == image.Height
            ? null
            : ImageRegion.FromPixels((image.Width - width) / 2, (image.Height - height) / 2, width, height, image);
    }

    private static ImageSize FittingSize(ImageSize image, ImageSize input)
    {
        double scale = Math.Min((double)input.Width / image.Width, (double)input.Height / image.Height);
        return new ImageSize(
            Math.Clamp((int)Math.Round(image.Width * scale), 1, input.Width),
            Math.Clamp((int)Math.Round(image.Height * scale), 1, input.Height));
    }

    private void WritePixels(ReadOnlySpan<byte> pixels, ImageSize size, int left, int top, Span<float> tensor)
    {
        ImageSize input = _preprocessing.InputSize;

        // Rows as wide as the tensor follow one another there as they do in the image: they are written as one.
        bool whole = size.Width == input.Width;
        int rows = whole ? 1 : size.Height;
        int rowPixels = whole ? size.Width * size.Height : size.Width;
        bool reversed = _preprocessing.ChannelOrder == ChannelOrder.Bgr;
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> source = pixels.Slice(3 * row * rowPixels, 3 * rowPixels);
            int start = ((top + row) * input.Width) + left;
            if (_preprocessing.Layout == TensorLayout.Nhwc)
            {
                WriteInterleaved(source, tensor.Slice(3 * start, 3 * rowPixels), reversed);
            }
            else
            {
                int plane = input.Width * input.Height;
                Span<float> red = tensor.Slice(start + (reversed ? 2 * plane : 0), rowPixels);
                Span<float> blue = tensor.Slice(start + (reversed ? 0 : 2 * plane), rowPixels);
                WritePlanes(source, red, tensor.Slice(start + plane, rowPixels), blue);
            }
        }
    }

    private void WriteInterleaved(ReadOnlySpan<byte> source, Span<float> target, bool reversed)
    {
        int red = reversed ? 2 : 0;
        for (int i = 0; i + 2 < source.Length; i += 3)
        {
            target[i + red] = (source[i] * _factor.Red) + _offset.Red;
            target[i + 1] = (source[i + 1] * _factor.Green) + _offset.Green;
            target[i + 2 - red] = (source[i + 2] * _factor.Blue) + _offset.Blue;
        }
    }

    private void WritePlanes(ReadOnlySpan<byte> source, Span<float> red, Span<float> green, Span<float> blue)
    {
        int i = 0;

        // 16 pixels are three vectors of 16 bytes. Each channel is picked out of all three: an index of 255 picks a zero.
        for (; i <= red.Length - 16; i += 16)
        {
            ReadOnlySpan<byte> chunk = source.Slice(3 * i, 48);
            Vector128<byte> first = Vector128.Create(chunk[..16]);
            Vector128<byte> second = Vector128.Create(chunk.Slice(16, 16));
            Vector128<byte> third = Vector128.Create(chunk.Slice(32, 16));
            Vector128<byte> reds =
                Vector128.Shuffle(first, Vector128.Create((byte)0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(second, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(third, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 4, 7, 10, 13));
            Vector128<byte> greens =
                Vector128.Shuffle(first, Vector128.Create((byte)1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(second, Vector128.Create((byte)255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(third, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 5, 8, 11, 14));
            Vector128<byte> blues =
                Vector128.Shuffle(first, Vector128.Create((byte)2, 5, 8, 11, 14, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(second, Vector128.Create((byte)255, 255, 255, 255, 255, 1, 4, 7, 10, 13, 255, 255, 255, 255, 255, 255))
                | Vector128.Shuffle(third, Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 3, 6, 9, 12, 15));
            WriteChannel(reds, _factor.Red, _offset.Red, red.Slice(i, 16));
            WriteChannel(greens, _factor.Green, _offset.Green, green.Slice(i, 16));
            WriteChannel(blues, _factor.Blue, _offset.Blue, blue.Slice(i, 16));
        }

        for (; i < red.Length; i++)
        {
            red[i] = (source[3 * i] * _factor.Red) + _offset.Red;
            green[i] = (source[(3 * i) + 1] * _factor.Green) + _offset.Green;
            blue[i] = (source[(3 * i) + 2] * _factor.Blue) + _offset.Blue;
        }
    }

    private static void WriteChannel(Vector128<byte> values, float factor, float offset, Span<float> target)
    {
        // Multiplied, then added, never fused: the same bits on every machine, and in the loop for the last pixels.
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(values);
        Vector128<float> factors = Vector128.Create(factor);
        Vector128<float> offsets = Vector128.Create(offset);
        ((Vector128.ConvertToSingle(Vector128.WidenLower(low).AsInt32()) * factors) + offsets).CopyTo(target);
        ((Vector128.ConvertToSingle(Vector128.WidenUpper(low).AsInt32()) * factors) + offsets).CopyTo(target[4..]);
        ((Vector128.ConvertToSingle(Vector128.WidenLower(high).AsInt32()) * factors) + offsets).CopyTo(target[8..]);
        ((Vector128.ConvertToSingle(Vector128.WidenUpper(high).AsInt32()) * factors) + offsets).CopyTo(target[12..]);
    }
}
