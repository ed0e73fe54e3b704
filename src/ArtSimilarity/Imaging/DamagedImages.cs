namespace ArtSimilarity.Imaging;

/// <summary>What a decoder does with an image whose data are damaged or incomplete, but still give a picture.</summary>
public enum DamagedImages
{
    /// <summary>The image is refused (<see cref="ImageDecodeError.Corrupt"/>).</summary>
    Refuse,

    /// <summary>The picture that can be made of it is returned, and <see cref="RgbImage.Damage"/> says what is wrong.</summary>
    Accept,
}
