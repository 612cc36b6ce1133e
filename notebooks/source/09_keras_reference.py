# %% [markdown] lang="ja" id="title"
# # 09　Kerasリファレンス
#
# 過学習と戦うKerasの道具を、1つずつ引けるようにまとめたページです。どの項目にも、何のためのものか、主な引数の意味、動く例、Kerasのページへのリンクがあります。例は、データ拡張の一覧、実験、新旧の書き方やほかの教材との比較を除いて、どれも5行以内です。
#
# **このノートブックを終えると、次のことができます。**
#
# - 必要な道具を見つけ、引数の意味を確かめる
# - 古い記事の書き方を、今の書き方に直す
# - ほかの本や講座やライブラリの設定を、Kerasの設定に直す
# - バッチ正規化の前のL2が何をするか（しないか）を説明する
# - 用語を日本語と英語で引く
#
# 上から読む必要はありません。目次で、探しているものを押してください。時間の目安は、ざっと眺めて20分です。
# %% [markdown] lang="en" id="title"
# # 09 Keras reference
#
# Here you can look up Keras' tools against overfitting one by one. Each entry says what it is for and what its main arguments mean, with a runnable example and a link to its Keras page. The examples have at most five lines each, except for the overview of augmentation, the experiment, and the comparisons with old spellings and with other sources.
#
# **When you have finished this notebook, you can**
#
# - find the tool you need and check what its arguments mean
# - turn the spelling of older articles into today's
# - turn the settings of other books, courses and libraries into those of Keras
# - explain what L2 before batch normalization does, and what it does not
# - look up terms in Japanese and English
#
# There is no need to read from top to bottom: click what you are looking for in the list. To browse through it, allow about 20 minutes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import inspect
import tempfile

import keras
import numpy as np

from coursekit import data, plots, training
from coursekit.exercises import check, quiz
from coursekit.glossary import glossary
from coursekit.language import text

# %% [markdown] lang="ja" id="contents"
# ## 目次
#
# | したいこと | 項目 | 学んだ課 |
# |---|---|---|
# | 重みを小さくする | [`L2`](#ref-l2)、[重み減衰](#ref-decay) | [03](03_l2.ipynb) |
# | 重みの多くを0に近づける | [`L1`](#ref-l1) | [04](04_l1.ipynb) |
# | 両方 | [`L1L2`](#ref-l1l2) | [05](05_elastic_net.ipynb) |
# | 行や列を直交させる | [`OrthogonalRegularizer`](#ref-orthogonal) | |
# | 自分のペナルティを書く | [`Regularizer`](#ref-regularizer) | |
# | 出力を抑える | [`ActivityRegularization`](#ref-activity) | |
# | ユニットを消す | [`Dropout`](#ref-dropout)、[`AlphaDropout`](#ref-alpha-dropout) | [06](06_dropout.ipynb) |
# | チャンネルを消す | [`SpatialDropout1D`、`SpatialDropout2D`、`SpatialDropout3D`](#ref-spatial) | [06](06_dropout.ipynb) |
# | ノイズを加える | [`GaussianDropout`](#ref-gaussian-dropout)、[`GaussianNoise`](#ref-gaussian-noise) | [06](06_dropout.ipynb) |
# | 重みの範囲を決める | [`MaxNorm`](#ref-max-norm)、[`MinMaxNorm`](#ref-min-max-norm)、[`UnitNorm`](#ref-unit-norm)、[`NonNeg`](#ref-non-neg)、[`Constraint`](#ref-constraint) | [04](04_l1.ipynb)、[06](06_dropout.ipynb) |
# | 早めに止める | [`EarlyStopping`](#ref-early-stopping) | [02](02_causes_and_remedies.ipynb) |
# | 訓練を見張る、保存する | [`ModelCheckpoint`、`ReduceLROnPlateau`、`SwapEMAWeights`、`TerminateOnNaN`](#ref-callbacks) | |
# | データを増やす | [データ拡張の層](#ref-augmentation) | [02](02_causes_and_remedies.ipynb) |
# | 自信過剰を防ぐ | [ラベル平滑化](#ref-smoothing) | [10](10_practice_today.ipynb) |
# | バッチ正規化とL2を組み合わせる | [実験](#batch-normalization) | |
# | 古い記事を読む | [古い書き方と今の書き方](#old-spellings) | |
# | ほかの本やライブラリの設定を移す | [ほかの教材から来た人へ](#elsewhere) | |
# | 用語を引く | [用語集](#glossary) | |
#
# `w`と`x`は、下の例で使う小さな配列です。
# %% [markdown] lang="en" id="contents"
# ## Contents
#
# | to | entry | lesson |
# |---|---|---|
# | keep weights small | [`L2`](#ref-l2), [weight decay](#ref-decay) | [03](03_l2.ipynb) |
# | bring many weights close to 0 | [`L1`](#ref-l1) | [04](04_l1.ipynb) |
# | do both | [`L1L2`](#ref-l1l2) | [05](05_elastic_net.ipynb) |
# | make rows or columns orthogonal | [`OrthogonalRegularizer`](#ref-orthogonal) | |
# | write a penalty of your own | [`Regularizer`](#ref-regularizer) | |
# | restrain outputs | [`ActivityRegularization`](#ref-activity) | |
# | drop units | [`Dropout`](#ref-dropout), [`AlphaDropout`](#ref-alpha-dropout) | [06](06_dropout.ipynb) |
# | drop channels | [`SpatialDropout1D`, `SpatialDropout2D`, `SpatialDropout3D`](#ref-spatial) | [06](06_dropout.ipynb) |
# | add noise | [`GaussianDropout`](#ref-gaussian-dropout), [`GaussianNoise`](#ref-gaussian-noise) | [06](06_dropout.ipynb) |
# | limit the range of weights | [`MaxNorm`](#ref-max-norm), [`MinMaxNorm`](#ref-min-max-norm), [`UnitNorm`](#ref-unit-norm), [`NonNeg`](#ref-non-neg), [`Constraint`](#ref-constraint) | [04](04_l1.ipynb), [06](06_dropout.ipynb) |
# | stop in time | [`EarlyStopping`](#ref-early-stopping) | [02](02_causes_and_remedies.ipynb) |
# | watch training, save | [`ModelCheckpoint`, `ReduceLROnPlateau`, `SwapEMAWeights`, `TerminateOnNaN`](#ref-callbacks) | |
# | get more data | [augmentation layers](#ref-augmentation) | [02](02_causes_and_remedies.ipynb) |
# | prevent overconfidence | [label smoothing](#ref-smoothing) | [10](10_practice_today.ipynb) |
# | combine batch normalization and L2 | [an experiment](#batch-normalization) | |
# | read older articles | [old and new spellings](#old-spellings) | |
# | bring settings from other books and libraries | [coming from elsewhere](#elsewhere) | |
# | look up a term | [the glossary](#glossary) | |
#
# `w` and `x` are small arrays for the examples below.

# %% id="small-arrays"
w = np.array([[1.0, -2.0, 3.0]], dtype="float32")
x = np.ones((2, 4), dtype="float32")


def show(array):
    print(keras.ops.convert_to_numpy(array).astype("float64").round(2).tolist())

# %% [markdown] lang="ja" id="penalties"
# ## 重みのペナルティ
#
# 層の引数`kernel_regularizer`、`bias_regularizer`、`activity_regularizer`に渡します。ペナルティは`loss`にも`val_loss`にも加わるので、モデルはデータ損失で比べます（[03](03_l2.ipynb)）。Kerasのページは[重みの正則化](https://keras.io/api/layers/regularizers/)です。
#
# <a id="ref-l1"></a>
#
# ### `L1`
#
# $\lambda_1\sum|w|$を損失に加えます。引数`l1`が強さ$\lambda_1$で、省略すると0.01です。Kerasの訓練では、重みは0に近づいても、ちょうど0にはなりません（[04](04_l1.ipynb)）。
# %% [markdown] lang="en" id="penalties"
# ## Penalties on weights
#
# Hand them to a layer's argument `kernel_regularizer`, `bias_regularizer` or `activity_regularizer`. A penalty is added to `loss` and to `val_loss` alike, so compare models by data loss ([03](03_l2.ipynb)). The Keras page is [weight regularizers](https://keras.io/api/layers/regularizers/).
#
# <a id="ref-l1"></a>
#
# ### `L1`
#
# Adds $\lambda_1\sum|w|$ to the loss. The argument `l1` is the strength $\lambda_1$, 0.01 by default. In Keras' training weights come close to 0, but never to exactly 0 ([04](04_l1.ipynb)).

# %% id="l1-run" tags=["nbval-check-output"]
layer = keras.layers.Dense(8, kernel_regularizer=keras.regularizers.L1(0.01))
show(keras.regularizers.L1(0.01)(w))  # 0.01 × (1 + 2 + 3)

# %% [markdown] lang="ja" id="ref-l2"
# <a id="ref-l2"></a>
#
# ### `L2`
#
# $\lambda_2\sum w^2$を損失に加えます（半分にしません）。引数`l2`が強さで、省略すると0.01です。どの重みもまんべんなく小さくしたいときに使います。[Kerasのページ](https://keras.io/api/layers/regularizers/)
# %% [markdown] lang="en" id="ref-l2"
# <a id="ref-l2"></a>
#
# ### `L2`
#
# Adds $\lambda_2\sum w^2$ to the loss (without a factor of one half). The argument `l2` is the strength, 0.01 by default. Use it to keep all weights small. [Keras page](https://keras.io/api/layers/regularizers/)

# %% id="l2-run" tags=["nbval-check-output"]
layer = keras.layers.Dense(8, kernel_regularizer=keras.regularizers.L2(0.01))
show(keras.regularizers.L2(0.01)(w))  # 0.01 × (1 + 4 + 9)

# %% [markdown] lang="ja" id="ref-l1l2"
# <a id="ref-l1l2"></a>
#
# ### `L1L2`
#
# 両方を加えます。引数`l1`と`l2`は、省略すると**どちらも0**です。`L1`や`L2`（0.01）とも、Keras 2の関数`l1_l2`（どちらも0.01）とも違うので、必ず書いてください。文字列では、`"l1_l2"`はエラーになり、`"l1l2"`は黙って強さ0になります。[Kerasのページ](https://keras.io/api/layers/regularizers/)
# %% [markdown] lang="en" id="ref-l1l2"
# <a id="ref-l1l2"></a>
#
# ### `L1L2`
#
# Adds both. The arguments `l1` and `l2` are **both 0** by default, unlike in `L1` and `L2` (0.01) and in the function `l1_l2` of Keras 2 (0.01 each), so always write them. As a string, `"l1_l2"` is an error, and `"l1l2"` silently means strengths of 0. [Keras page](https://keras.io/api/layers/regularizers/)

# %% id="l1l2-run" tags=["nbval-check-output"]
layer = keras.layers.Dense(8, kernel_regularizer=keras.regularizers.L1L2(l1=0.01, l2=0.01))
show(keras.regularizers.L1L2(l1=0.01, l2=0.01)(w))
show(keras.regularizers.L1L2()(w))  # both are 0

# %% [markdown] lang="ja" id="ref-orthogonal"
# <a id="ref-orthogonal"></a>
#
# ### `OrthogonalRegularizer`
#
# 行列の行どうし（`mode="rows"`）または列どうし（`mode="columns"`）の、なす角の余弦の絶対値の平均に、`factor`を掛けて加えます。直交していれば0です。ユニットに別々の仕事をさせたいときに使います。`Dense`の重みは（入力、ユニット）の行列で、1つのユニットに入る重みは**列**です。ですから`mode="columns"`とします（省略すると`"rows"`です）。[Kerasのページ](https://keras.io/api/layers/regularizers/)
# %% [markdown] lang="en" id="ref-orthogonal"
# <a id="ref-orthogonal"></a>
#
# ### `OrthogonalRegularizer`
#
# Adds `factor` times the mean absolute cosine between the rows (`mode="rows"`) or the columns (`mode="columns"`) of a matrix: 0 if they are orthogonal. Use it to make units do different work. The weights of `Dense` are a matrix of (inputs, units), so that the weights of a unit are a **column**: write `mode="columns"` (the default is `"rows"`). [Keras page](https://keras.io/api/layers/regularizers/)

# %% id="orthogonal-run" tags=["nbval-check-output"]
orthogonal = keras.regularizers.OrthogonalRegularizer(factor=1.0, mode="columns")
layer = keras.layers.Dense(8, kernel_regularizer=orthogonal)
show(orthogonal(keras.ops.array([[1.0, 1.0], [0.0, 1.0]])))  # the cosine of 45 degrees

# %% [markdown] lang="ja" id="ref-regularizer"
# <a id="ref-regularizer"></a>
#
# ### `Regularizer`
#
# 自分のペナルティを書くための親クラスです。重みを受け取って数を返す`__call__`と、引数の値を辞書で返す`get_config`（引数がなければ空の辞書）を書きます。`get_config`があり、クラスを登録しておけば、モデルを保存して、また読み込めます。[Kerasのページ](https://keras.io/api/layers/regularizers/)
# %% [markdown] lang="en" id="ref-regularizer"
# <a id="ref-regularizer"></a>
#
# ### `Regularizer`
#
# The base class for a penalty of your own: write `__call__`, which takes weights and returns a number, and `get_config`, which returns the arguments in a dictionary (an empty one if there are none). With `get_config`, and with the class registered, a model can be saved and loaded again. [Keras page](https://keras.io/api/layers/regularizers/)

# %% id="regularizer-run"
@keras.saving.register_keras_serializable()
class LargestWeight(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return 0.01 * keras.ops.max(keras.ops.abs(weights))
    def get_config(self): return {}

# %% id="regularizer-saved-run" tags=["nbval-check-output"]
show(LargestWeight()(w))  # 0.01 × 3
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, kernel_regularizer=LargestWeight())])
model.save(path := tempfile.mkdtemp() + "/own.keras")
print("same penalty:", float(keras.models.load_model(path).losses[0]) == float(model.losses[0]))

# %% [markdown] lang="ja" id="ref-activity"
# <a id="ref-activity"></a>
#
# ### `ActivityRegularization`
#
# 重みではなく、層の**出力**にペナルティをかける層です。引数`l1`と`l2`は、省略するとどちらも0です。Keras 3では、バッチの行数で割った値が損失に加わります。少ないユニットだけを働かせたいときに使います。層の引数`activity_regularizer`でも同じことができます。[Kerasのページ](https://keras.io/api/layers/regularization_layers/activity_regularization/)
# %% [markdown] lang="en" id="ref-activity"
# <a id="ref-activity"></a>
#
# ### `ActivityRegularization`
#
# A layer that penalizes **outputs** instead of weights. The arguments `l1` and `l2` are both 0 by default. In Keras 3, what is added to the loss is divided by the number of rows in the batch. Use it to keep most units quiet. A layer's argument `activity_regularizer` does the same. [Keras page](https://keras.io/api/layers/regularization_layers/activity_regularization/)

# %% id="activity-run" tags=["nbval-check-output"]
layer = keras.layers.ActivityRegularization(l2=0.01)
layer(x)  # 2 rows of 4 ones
show(layer.losses[0])  # 0.01 × 8 / 2

# %% [markdown] lang="ja" id="ref-decay"
# <a id="ref-decay"></a>
#
# ### 重み減衰：`AdamW`と`weight_decay`
#
# 損失には加えず、更新のたびに重みを$w \leftarrow w - \eta\,d\,w$と縮めます（$\eta$は学習率、$d$は`weight_decay`）。どのオプティマイザにも引数`weight_decay`があり、`AdamW`では省略すると0.004です。バイアスも縮むので、除きたいときは、訓練を始める前に（最初の更新で**オプティマイザ**が準備を終える前に）`exclude_from_weight_decay`を呼びます。Adamでは`L2`と違う結果になります（[03](03_l2.ipynb)）。[Kerasのページ](https://keras.io/api/optimizers/adamw/)
# %% [markdown] lang="en" id="ref-decay"
# <a id="ref-decay"></a>
#
# ### Weight decay: `AdamW` and `weight_decay`
#
# Adds nothing to the loss, but shrinks weights with each update: $w \leftarrow w - \eta\,d\,w$, where $\eta$ is the learning rate and $d$ is `weight_decay`. Every optimizer has the argument `weight_decay`; in `AdamW` it is 0.004 by default. Biases decay as well; to exclude them call `exclude_from_weight_decay` before training begins (the **optimizer** is built with the first update). With Adam the result differs from `L2` ([03](03_l2.ipynb)). [Keras page](https://keras.io/api/optimizers/adamw/)

# %% id="decay-run" tags=["nbval-check-output"]
optimizer = keras.optimizers.AdamW(learning_rate=0.001, weight_decay=0.01)
optimizer.exclude_from_weight_decay(var_names=["bias"])
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer, loss="mean_squared_error")
print(keras.optimizers.AdamW().weight_decay, keras.optimizers.Adam().weight_decay)

# %% [markdown] lang="ja" id="ref-dropout"
# ## ドロップアウトとノイズの層
#
# どれも訓練のときだけ働き、`predict`や`evaluate`では何もしません（[06](06_dropout.ipynb)）。引数`seed`には、層ごとに別の値を渡してください。
#
# <a id="ref-dropout"></a>
#
# ### `Dropout`
#
# 値を確率`rate`（**消す**割合）で0にし、残りを$1/(1-p)$倍します（$p$は`rate`）。`noise_shape`で、マスクを共有する軸を1にできます。[Kerasのページ](https://keras.io/api/layers/regularization_layers/dropout/)
# %% [markdown] lang="en" id="ref-dropout"
# ## Layers of dropout and noise
#
# All of them act in training only, and do nothing in `predict` or `evaluate` ([06](06_dropout.ipynb)). Give each layer a `seed` of its own.
#
# <a id="ref-dropout"></a>
#
# ### `Dropout`
#
# Sets values to 0 with probability `rate` (the fraction that is **dropped**) and multiplies the others by $1/(1-p)$, where $p$ is `rate`. With `noise_shape`, axes of size 1 share the mask. [Keras page](https://keras.io/api/layers/regularization_layers/dropout/)

# %% id="dropout-run"
show(keras.layers.Dropout(0.5, seed=1)(x, training=True))
show(keras.layers.Dropout(0.5, noise_shape=(1, 4), seed=1)(x, training=True))
show(keras.layers.Dropout(0.5, seed=1)(x))  # at inference

# %% [markdown] lang="ja" id="ref-spatial"
# <a id="ref-spatial"></a>
#
# ### `SpatialDropout1D`、`SpatialDropout2D`、`SpatialDropout3D`
#
# 系列、画像、立体の**チャンネルを丸ごと**消します。隣どうしの画素は似ているので、1つだけ消しても効き目が小さいからです。引数は`rate`と`seed`で、2Dと3Dでは`data_format`でチャンネルの軸を選べます。Kerasのページ：[1D](https://keras.io/api/layers/regularization_layers/spatial_dropout1d/)、[2D](https://keras.io/api/layers/regularization_layers/spatial_dropout2d/)、[3D](https://keras.io/api/layers/regularization_layers/spatial_dropout3d/)
# %% [markdown] lang="en" id="ref-spatial"
# <a id="ref-spatial"></a>
#
# ### `SpatialDropout1D`, `SpatialDropout2D`, `SpatialDropout3D`
#
# Drop **whole channels** of sequences, images or volumes. Neighboring pixels are alike, so dropping a single one does little. The arguments are `rate` and `seed`; in 2D and 3D, `data_format` says which axis holds the channels. Keras pages: [1D](https://keras.io/api/layers/regularization_layers/spatial_dropout1d/), [2D](https://keras.io/api/layers/regularization_layers/spatial_dropout2d/), [3D](https://keras.io/api/layers/regularization_layers/spatial_dropout3d/)

# %% id="spatial-run"
show(keras.layers.SpatialDropout1D(0.5, seed=1)(np.ones((1, 2, 3), "float32"), training=True))
image = keras.layers.SpatialDropout2D(0.5, seed=2)(np.ones((1, 8, 8, 3), "float32"), training=True)
volume = keras.layers.SpatialDropout3D(0.5, seed=2)(np.ones((1, 4, 4, 4, 3), "float32"), training=True)
print(image.shape, volume.shape)

# %% [markdown] lang="ja" id="ref-gaussian-dropout"
# <a id="ref-gaussian-dropout"></a>
#
# ### `GaussianDropout`
#
# 0にする代わりに、平均1、標準偏差$\sqrt{p/(1-p)}$の正規乱数を掛けます。引数は`rate`（$p$）と`seed`です。平均と分散は`Dropout`と同じです。[Kerasのページ](https://keras.io/api/layers/regularization_layers/gaussian_dropout/)
# %% [markdown] lang="en" id="ref-gaussian-dropout"
# <a id="ref-gaussian-dropout"></a>
#
# ### `GaussianDropout`
#
# Instead of setting values to 0, multiplies them by normal random numbers with mean 1 and standard deviation $\sqrt{p/(1-p)}$. The arguments are `rate` ($p$) and `seed`. Mean and variance are those of `Dropout`. [Keras page](https://keras.io/api/layers/regularization_layers/gaussian_dropout/)

# %% id="gaussian-dropout-run"
many = np.ones((1, 100_000), "float32")
out = keras.ops.convert_to_numpy(keras.layers.GaussianDropout(0.5, seed=3)(many, training=True))
print(f"mean {out.mean():.2f}, standard deviation {out.std():.2f}")

# %% [markdown] lang="ja" id="ref-gaussian-noise"
# <a id="ref-gaussian-noise"></a>
#
# ### `GaussianNoise`
#
# 平均0、標準偏差`stddev`の正規乱数を足します。もう1つの引数は`seed`です。入力に置くと、ノイズで増やしたデータで訓練するのと同じです。`stddev`は入力の単位で考えます。[Kerasのページ](https://keras.io/api/layers/regularization_layers/gaussian_noise/)
# %% [markdown] lang="en" id="ref-gaussian-noise"
# <a id="ref-gaussian-noise"></a>
#
# ### `GaussianNoise`
#
# Adds normal random numbers with mean 0 and standard deviation `stddev`. The other argument is `seed`. On the input it is augmentation by noise. Choose `stddev` in the unit of the input. [Keras page](https://keras.io/api/layers/regularization_layers/gaussian_noise/)

# %% id="gaussian-noise-run"
show(keras.layers.GaussianNoise(0.1, seed=4)(x, training=True))

# %% [markdown] lang="ja" id="ref-alpha-dropout"
# <a id="ref-alpha-dropout"></a>
#
# ### `AlphaDropout`
#
# 消す値を0ではなく負の値にし、平均0と分散1を保ちます（例の率0.5では、約-0.78です。表示される最小の値は、残った値です）。活性化関数`selu`と初期化`lecun_normal`のネットワークで使います。引数は`rate`、`noise_shape`、`seed`です。[Kerasのページ](https://keras.io/api/layers/regularization_layers/alpha_dropout/)
# %% [markdown] lang="en" id="ref-alpha-dropout"
# <a id="ref-alpha-dropout"></a>
#
# ### `AlphaDropout`
#
# Sets dropped values to a negative number instead of 0, so that mean 0 and variance 1 are kept (about -0.78 with the rate of 0.5 in the example; the smallest value printed is one that was kept). For networks with the activation `selu` and the initializer `lecun_normal`. The arguments are `rate`, `noise_shape` and `seed`. [Keras page](https://keras.io/api/layers/regularization_layers/alpha_dropout/)

# %% id="alpha-dropout-run"
normal = np.random.default_rng(0).normal(size=(1, 100_000)).astype("float32")
out = keras.ops.convert_to_numpy(keras.layers.AlphaDropout(0.5, seed=5)(normal, training=True))
print(f"mean {out.mean():.2f}, variance {out.var():.2f}, smallest {out.min():.2f}")

# %% [markdown] lang="ja" id="ref-max-norm"
# ## 重みの制約
#
# 層の引数`kernel_constraint`や`bias_constraint`に渡すと、**更新のたびに**重みを許される範囲へ戻します。Kerasのページは[重みの制約](https://keras.io/api/layers/constraints/)です。
#
# <a id="ref-max-norm"></a>
#
# ### `MaxNorm`
#
# 各ユニットに入る重みのノルムを`max_value`（省略すると2）以下にします。`axis`はノルムを取る軸で、`Dense`なら0、`Conv2D`なら`[0, 1, 2]`です。ドロップアウトと一緒に使うことがあります（[06](06_dropout.ipynb)）。
# %% [markdown] lang="en" id="ref-max-norm"
# ## Constraints on weights
#
# Handed to a layer's argument `kernel_constraint` or `bias_constraint`, a constraint moves weights back into an allowed range **after each update**. The Keras page is [weight constraints](https://keras.io/api/layers/constraints/).
#
# <a id="ref-max-norm"></a>
#
# ### `MaxNorm`
#
# Limits the norm of the weights that enter a unit to `max_value` (2 by default). `axis` says along which axis the norm is taken: 0 for `Dense`, `[0, 1, 2]` for `Conv2D`. Sometimes used with dropout ([06](06_dropout.ipynb)).

# %% id="max-norm-run" tags=["nbval-check-output"]
columns = np.array([[3.0, -0.3], [4.0, 0.4]], "float32")  # norms 5 and 0.5
layer = keras.layers.Dense(8, kernel_constraint=keras.constraints.MaxNorm(2))
show(keras.constraints.MaxNorm(2)(columns))

# %% [markdown] lang="ja" id="ref-min-max-norm"
# <a id="ref-min-max-norm"></a>
#
# ### `MinMaxNorm`
#
# ノルムを`min_value`（0）から`max_value`（1）の間に入れます。`rate`（1）は1回の更新でどれだけ戻すかで、1なら全部です。`axis`は`MaxNorm`と同じです。[Kerasのページ](https://keras.io/api/layers/constraints/)
# %% [markdown] lang="en" id="ref-min-max-norm"
# <a id="ref-min-max-norm"></a>
#
# ### `MinMaxNorm`
#
# Keeps the norm between `min_value` (0) and `max_value` (1). `rate` (1) is how much of the way to go with each update; 1 is all of it. `axis` is as in `MaxNorm`. [Keras page](https://keras.io/api/layers/constraints/)

# %% id="min-max-norm-run" tags=["nbval-check-output"]
show(keras.constraints.MinMaxNorm(min_value=1.0, max_value=2.0)(columns))

# %% [markdown] lang="ja" id="ref-unit-norm"
# <a id="ref-unit-norm"></a>
#
# ### `UnitNorm`
#
# ノルムをちょうど1にします。引数は`axis`です。重みの大きさではなく、向きだけを学ばせたいときに使います。[Kerasのページ](https://keras.io/api/layers/constraints/)
# %% [markdown] lang="en" id="ref-unit-norm"
# <a id="ref-unit-norm"></a>
#
# ### `UnitNorm`
#
# Makes the norm exactly 1. The argument is `axis`. For learning the direction of weights only, not their size. [Keras page](https://keras.io/api/layers/constraints/)

# %% id="unit-norm-run" tags=["nbval-check-output"]
show(keras.constraints.UnitNorm()(columns))

# %% [markdown] lang="ja" id="ref-non-neg"
# <a id="ref-non-neg"></a>
#
# ### `NonNeg`
#
# 負の重みを0にします。引数はありません。特徴量が増えれば予測も増えるはずだ、という知識を入れたいときに使います。[Kerasのページ](https://keras.io/api/layers/constraints/)
# %% [markdown] lang="en" id="ref-non-neg"
# <a id="ref-non-neg"></a>
#
# ### `NonNeg`
#
# Sets negative weights to 0. It has no arguments. For when you know that more of a feature must mean more of the target. [Keras page](https://keras.io/api/layers/constraints/)

# %% id="non-neg-run" tags=["nbval-check-output"]
show(keras.constraints.NonNeg()(columns))

# %% [markdown] lang="ja" id="ref-constraint"
# <a id="ref-constraint"></a>
#
# ### `Constraint`
#
# 自分の制約を書くための親クラスです。重みを受け取り、直した重みを返す`__call__`を書きます。この講座の`coursekit.penalties.SoftThreshold`も、これで作りました（[04](04_l1.ipynb)）。[Kerasのページ](https://keras.io/api/layers/constraints/)
# %% [markdown] lang="en" id="ref-constraint"
# <a id="ref-constraint"></a>
#
# ### `Constraint`
#
# The base class for a constraint of your own: write `__call__`, which takes weights and returns the corrected ones. This course's `coursekit.penalties.SoftThreshold` is made with it ([04](04_l1.ipynb)). [Keras page](https://keras.io/api/layers/constraints/)

# %% id="constraint-run" tags=["nbval-check-output"]
@keras.saving.register_keras_serializable()
class Clip(keras.constraints.Constraint):
    def __call__(self, weights):
        return keras.ops.clip(weights, -1.0, 1.0)
show(Clip()(columns))

# %% [markdown] lang="ja" id="ref-early-stopping"
# ## 訓練を見張るコールバック
#
# <a id="ref-early-stopping"></a>
#
# ### `EarlyStopping`
#
# `monitor`（見張る量）が`patience`エポックの間よくならなければ、訓練を止めます。`restore_best_weights=True`で、いちばんよかったときの重みに戻ります（省略すると**戻りません**）。`min_delta`は「よくなった」とみなす最小の差、`mode`は大きいほうがよいか小さいほうがよいか（損失とKerasの指標なら`"auto"`でよく、ほかの量では`"min"`か`"max"`）、`baseline`は越えるべき値、`start_from_epoch`は見張り始めるエポック、`verbose`は表示です。この講座の`training.fit`では、ペナルティを含まない`"val_data_loss"`も見張れます。[Kerasのページ](https://keras.io/api/callbacks/early_stopping/)
# %% [markdown] lang="en" id="ref-early-stopping"
# ## Callbacks that watch training
#
# <a id="ref-early-stopping"></a>
#
# ### `EarlyStopping`
#
# Ends training when `monitor` (the quantity it watches) has not improved for `patience` epochs. With `restore_best_weights=True` the weights of the best epoch come back (by default they **do not**). `min_delta` is the least change that counts as better, `mode` says whether higher or lower is better (`"auto"` will do for losses and Keras' own metrics; otherwise `"min"` or `"max"`), `baseline` is a value to beat, `start_from_epoch` the epoch from which to watch, and `verbose` prints. With this course's `training.fit` it can also watch `"val_data_loss"`, which is free of the penalty. [Keras page](https://keras.io/api/callbacks/early_stopping/)

# %% id="early-stopping-run"
curve, stop = data.noisy_curve(seed=0), keras.callbacks.EarlyStopping("val_loss", patience=20, restore_best_weights=True)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(64, "relu"), keras.layers.Dense(1)])
model.compile("adam", loss="mean_squared_error")
history = training.fit(model, *curve.train, validation_data=curve.validation, epochs=2000, callbacks=[stop], progress=False)
print(len(history) < 2000, stop.stopped_epoch > stop.best_epoch)

# %% [markdown] lang="ja" id="ref-callbacks"
# <a id="ref-callbacks"></a>
#
# ### `ModelCheckpoint`、`ReduceLROnPlateau`、`SwapEMAWeights`、`TerminateOnNaN`
#
# - `ModelCheckpoint`：`filepath`にモデルを保存します。`save_best_only=True`で、`monitor`がよくなったときだけ保存します。[Kerasのページ](https://keras.io/api/callbacks/model_checkpoint/)
# - `ReduceLROnPlateau`：`monitor`が`patience`エポックの間よくならなければ、学習率を`factor`倍にします。[Kerasのページ](https://keras.io/api/callbacks/reduce_lr_on_plateau/)
# - `SwapEMAWeights`：オプティマイザに`use_ema=True`を渡したとき、重みの移動平均で評価します。[Kerasのページ](https://keras.io/api/callbacks/swap_ema_weights/)
# - `TerminateOnNaN`：損失が無限大や非数になったら止めます。[Kerasのページ](https://keras.io/api/callbacks/terminate_on_nan/)
# %% [markdown] lang="en" id="ref-callbacks"
# <a id="ref-callbacks"></a>
#
# ### `ModelCheckpoint`, `ReduceLROnPlateau`, `SwapEMAWeights`, `TerminateOnNaN`
#
# - `ModelCheckpoint` saves the model to `filepath`; with `save_best_only=True` only when `monitor` has improved. [Keras page](https://keras.io/api/callbacks/model_checkpoint/)
# - `ReduceLROnPlateau` multiplies the learning rate by `factor` when `monitor` has not improved for `patience` epochs. [Keras page](https://keras.io/api/callbacks/reduce_lr_on_plateau/)
# - `SwapEMAWeights` evaluates with the moving average of the weights, for optimizers with `use_ema=True`. [Keras page](https://keras.io/api/callbacks/swap_ema_weights/)
# - `TerminateOnNaN` stops when the loss becomes infinite or not a number. [Keras page](https://keras.io/api/callbacks/terminate_on_nan/)

# %% id="callbacks-run"
best = keras.callbacks.ModelCheckpoint(tempfile.mkdtemp() + "/best.keras", save_best_only=True)
slower = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.5, patience=5)
others = [best, slower, keras.callbacks.SwapEMAWeights(), keras.callbacks.TerminateOnNaN()]
model.compile(keras.optimizers.Adam(use_ema=True), loss="mean_squared_error")
model.fit(*curve.train, validation_data=curve.validation, epochs=3, callbacks=others, verbose=0);

# %% [markdown] lang="ja" id="ref-augmentation"
# <a id="ref-augmentation"></a>
#
# ## データ拡張の層
#
# 訓練のときだけ画像を無作為に変え、推論では画像をそのまま通します。画像は（枚数、縦、横、チャンネル）の配列です。まねてよいのは、**ラベルを変えない変化**だけです（6を180度回すと9に見えます。上下に裏返すと、数字でなくなるものがたくさんあります）。色を変える層の多くは、画素の範囲を`value_range`で渡します。省略すると0から255なので、画素が0から1なら`value_range=(0, 1)`と書きます。どの層にも引数`seed`があります。Kerasのページは[画像のデータ拡張](https://keras.io/api/layers/preprocessing_layers/image_augmentation/)です。
#
# | 変えるもの | 層 | 主な引数 |
# |---|---|---|
# | 位置と形 | `RandomTranslation`、`RandomZoom` | `height_factor`、`width_factor`（画像に対する割合） |
# | | `RandomRotation` | `factor`（1が1回転） |
# | | `RandomFlip` | `mode`（`"horizontal"`、`"vertical"`など） |
# | | `RandomCrop` | `height`、`width`（画素） |
# | | `RandomShear` | `x_factor`、`y_factor` |
# | | `RandomPerspective`、`RandomElasticTransform` | `factor`、`scale` |
# | 明るさと色 | `RandomBrightness`、`RandomContrast`、`RandomSaturation`、`RandomHue`、`RandomSharpness` | `factor` |
# | | `RandomColorJitter` | `brightness_factor`など4つ |
# | | `RandomColorDegeneration`、`RandomGrayscale`、`RandomInvert`、`RandomPosterization` | `factor` |
# | 細部 | `RandomGaussianBlur` | `kernel_size`、`sigma` |
# | | `RandomErasing` | `scale`（消す面積の割合） |
# | 組み合わせ | `RandAugment` | `num_ops`、`factor` |
# | | `AugMix` | `num_chains`、`chain_depth` |
# | 2枚を混ぜる（ラベルも混ぜます） | `MixUp` | `alpha` |
# | | `CutMix` | `factor` |
# %% [markdown] lang="en" id="ref-augmentation"
# <a id="ref-augmentation"></a>
#
# ## Augmentation layers
#
# They change images at random in training, and pass them through as they are at inference. Images are arrays of (images, height, width, channels). Imitate only **changes that keep the label** (turned by 180 degrees, a 6 looks like a 9; mirrored top to bottom, many digits are digits no longer). Most layers that change colors need the range of the pixels as `value_range`. The default is 0 to 255, so for pixels from 0 to 1 write `value_range=(0, 1)`. Every layer has an argument `seed`. The Keras page is [image augmentation](https://keras.io/api/layers/preprocessing_layers/image_augmentation/).
#
# | what changes | layers | main arguments |
# |---|---|---|
# | position and shape | `RandomTranslation`, `RandomZoom` | `height_factor`, `width_factor` (as a fraction of the image) |
# | | `RandomRotation` | `factor` (1 is a full turn) |
# | | `RandomFlip` | `mode` (`"horizontal"`, `"vertical"` and so on) |
# | | `RandomCrop` | `height`, `width` (pixels) |
# | | `RandomShear` | `x_factor`, `y_factor` |
# | | `RandomPerspective`, `RandomElasticTransform` | `factor`, `scale` |
# | brightness and color | `RandomBrightness`, `RandomContrast`, `RandomSaturation`, `RandomHue`, `RandomSharpness` | `factor` |
# | | `RandomColorJitter` | `brightness_factor` and three more |
# | | `RandomColorDegeneration`, `RandomGrayscale`, `RandomInvert`, `RandomPosterization` | `factor` |
# | detail | `RandomGaussianBlur` | `kernel_size`, `sigma` |
# | | `RandomErasing` | `scale` (fraction of the area to erase) |
# | a mixture of changes | `RandAugment` | `num_ops`, `factor` |
# | | `AugMix` | `num_chains`, `chain_depth` |
# | two images mixed (and their labels) | `MixUp` | `alpha` |
# | | `CutMix` | `factor` |

# %% id="augmentation-run"
digits = data.digits(seed=0).train.x[:10].reshape(10, 8, 8, 1)
augment = keras.Sequential([
    keras.layers.RandomTranslation(0.15, 0.15, fill_mode="constant", seed=1),
    keras.layers.RandomRotation(0.05, fill_mode="constant", seed=2),
])

# %% id="augmentation-figure"
changed = keras.ops.convert_to_numpy(augment(digits, training=True))
labels = data.digits(seed=0).train.y[:10]
plots.plot_digits(np.concatenate([digits, changed]).reshape(20, 64), np.concatenate([labels, labels]));

# %% [markdown] lang="ja" id="augmentation-all"
# 推論での動きに注意が要る層が1つあります。画像の大きさを変える`RandomCrop`です。Kerasのページには、推論では大きさを変え、切り抜いて目標の大きさにするとありますが、Keras 3.15で試すと、`predict`では元の大きさのまま出てきました。モデルの中に置くときは、先に形を確かめてください。
#
# 上の図では、上の段が元の画像、下の段が、少しずらして回したものです。ほかの層も、同じように1行で使えます。次のセルは、表のすべての層を、色のある無作為な画像2枚で動かします。
# %% [markdown] lang="en" id="augmentation-all"
# One layer needs care at inference: `RandomCrop`, which changes the size of the images. Its Keras page says that at inference they are resized and cropped to the target size; when we tried it with Keras 3.15, `predict` returned them in their original size. Check the shapes before you put it into a model.
#
# In the figure above, the upper row shows the original images, the lower row the same ones, slightly moved and turned. The other layers are used in one line, too. The next cell runs every layer of the table on two random images in color.

# %% id="augmentation-all-run"
arguments = {
    "RandomTranslation": (0.1, 0.1), "RandomZoom": (0.1,), "RandomRotation": (0.1,), "RandomFlip": (),
    "RandomCrop": (6, 6), "RandomShear": (0.1, 0.1), "RandomPerspective": (), "RandomElasticTransform": (),
    "RandomBrightness": (0.1,), "RandomContrast": (0.1,), "RandomSaturation": (0.4,), "RandomHue": (0.1,),
    "RandomSharpness": (0.5,), "RandomColorJitter": ((0, 1), 0.1), "RandomColorDegeneration": (0.5,),
    "RandomGrayscale": (), "RandomInvert": (), "RandomPosterization": (4,), "RandomGaussianBlur": (),
    "RandomErasing": (), "RandAugment": ((0, 1),), "AugMix": ((0, 1),),
}
colors = np.random.default_rng(0).random((2, 8, 8, 3)).astype("float32")
for name in filter(lambda name: hasattr(keras.layers, name), arguments):
    layer, given = getattr(keras.layers, name), arguments[name]
    has_range = "value_range" in inspect.signature(layer).parameters and (0, 1) not in given
    augment = layer(*given, seed=1, **({"value_range": (0, 1)} if has_range else {}))
    assert augment(colors, training=True).shape[0] == 2
for mix in (keras.layers.MixUp(alpha=0.2, seed=6), keras.layers.CutMix(factor=0.5, seed=6)):
    mixed = mix({"images": colors, "labels": np.eye(2, dtype="float32")}, training=True)
    show(mixed["labels"])

# %% [markdown] lang="ja" id="ref-smoothing"
# <a id="ref-smoothing"></a>
#
# ## ラベル平滑化
#
# 正解のクラスの目標を1ではなく少し小さくし、その分をすべてのクラスに配ります。クラスが$K$個、`label_smoothing`が$\varepsilon$のとき、正解の目標は$1 - \varepsilon + \varepsilon/K$です。自信過剰な確率を防ぎたいときに使います。引数`label_smoothing`があるのは、`CategoricalCrossentropy`、`BinaryCrossentropy`、`CategoricalFocalCrossentropy`、`BinaryFocalCrossentropy`です。整数のラベルを使う`SparseCategoricalCrossentropy`にはないので、ラベルをone-hotにします。[Kerasのページ](https://keras.io/api/losses/probabilistic_losses/)
# %% [markdown] lang="en" id="ref-smoothing"
# <a id="ref-smoothing"></a>
#
# ## Label smoothing
#
# Makes the target of the correct class a little less than 1 and spreads the rest over all classes. With $K$ classes and `label_smoothing` $\varepsilon$, the target of the correct class is $1 - \varepsilon + \varepsilon/K$. Use it against overconfident probabilities. `CategoricalCrossentropy`, `BinaryCrossentropy`, `CategoricalFocalCrossentropy` and `BinaryFocalCrossentropy` have the argument `label_smoothing`. `SparseCategoricalCrossentropy`, for integer labels, does not: make the labels one-hot. [Keras page](https://keras.io/api/losses/probabilistic_losses/)

# %% id="smoothing-run" tags=["nbval-check-output"]
smooth = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
target = keras.utils.to_categorical([3], 10)
sure, modest = (np.full((1, 10), (1 - p) / 9, "float32") + target * (p - (1 - p) / 9) for p in (0.999, 0.91))
show(smooth(target, sure))
show(smooth(target, modest))  # lower: 0.91 is the smoothed target

# %% [markdown] lang="ja" id="batch-question"
# <a id="batch-normalization"></a>
#
# ## 実験　バッチ正規化の前のL2
#
# `BatchNormalization`は、値からバッチの平均を引き、標準偏差で割る層です。**バッチ正規化**（batch normalization）の直前の重みを10倍にしても、標準偏差も10倍になるので、出力は変わりません。では、その重みにL2をかけると、過学習に効くのでしょうか。
#
# [07](07_choosing.ipynb)と同じ、ラベルの約36%が誤った数字で確かめます。隠れ層のL2を0から0.01まで変え、その直後に`BatchNormalization`を置く場合と置かない場合を比べます。シードは3つで、データの分け方、ノイズ、初期の重み、行の順番のすべてを変えます。
#
# 推論では、`BatchNormalization`はバッチの統計量ではなく、訓練中に集めた平均と分散の**移動平均**（moving average）を使います。`momentum=0.99`（省略したときの値）なら、移動平均は直前の100歩ほどを覚えています。この訓練は全部で420歩です。そこで、重みを固定してから訓練データ全体で統計量を計算し直した場合も測ります。
#
# **予想してみよう**　L2は、どちらの場合も重みを小さくするでしょうか。どちらの場合も正解率を上げるでしょうか。
# %% [markdown] lang="en" id="batch-question"
# <a id="batch-normalization"></a>
#
# ## Experiment: L2 before batch normalization
#
# `BatchNormalization` divides values by the standard deviation of the batch, after subtracting the mean. Multiply the weights right before **batch normalization** by 10, and the division undoes it: the output stays the same. So what is L2 on such weights worth against overfitting?
#
# We try it on the digits of [07](07_choosing.ipynb), about 36% of whose labels are wrong, with L2 on the hidden layers from 0 to 0.01, and with or without `BatchNormalization` right after them. With 3 seeds, a seed changes everything: split, noise, initial weights and order of the rows.
#
# At inference, `BatchNormalization` does not use statistics of the batch but a **moving average** of the means and variances that it met in training. With `momentum=0.99`, the default, that average remembers the last 100 steps or so, and this training has 420 steps in all. So we also measure what happens when the statistics are recomputed from all training data, with the weights fixed.
#
# **Make a guess.** Will L2 make the weights smaller in both cases? Will it raise the accuracy in both?

# %% id="batch-run"
def noisy_digits(seed, **point):
    return data.digits(n_train=400, n_validation=200, label_noise=0.4, seed=seed)


def build_model(l2, batch_norm, seed):
    seeds, layers = np.random.SeedSequence(seed).generate_state(3).tolist(), [keras.Input((64,))]
    for first in seeds[:2]:
        start, penalty = keras.initializers.GlorotUniform(seed=first), keras.regularizers.L2(l2)
        layers.append(keras.layers.Dense(128, kernel_initializer=start, kernel_regularizer=penalty))
        layers += [keras.layers.BatchNormalization()] if batch_norm else []
        layers.append(keras.layers.Activation("relu"))
    start = keras.initializers.GlorotUniform(seed=seeds[2])
    model = keras.Sequential([*layers, keras.layers.Dense(10, "softmax", kernel_initializer=start)])
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

# %% id="batch-figure"
def recompute_statistics(model, images):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # remember nothing but the next batch
    model(images, training=True)


result = training.sweep(
    build_model, {"l2": [0.0, 0.001, 0.01], "batch_norm": [False, True]}, data=noisy_digits,
    epochs=60, batch_size=64, seeds=range(3), progress=False,
)
accuracies = {}
for run in result.runs:
    digits, ways = noisy_digits(run.seed), ["with_batch_norm", "recomputed_batch_norm"]
    for way in ways if run.point["batch_norm"] else ["without_batch_norm"]:
        if way == "recomputed_batch_norm":
            recompute_statistics(run.model, digits.train.x)
        score = training.evaluate(run.model, *digits.test)["accuracy"]
        accuracies.setdefault((way, run.point["l2"]), []).append(score)
    if run.seed == 0:
        norm = np.linalg.norm(run.model.get_weights()[0])
        print(f"{text(way)}, λ = {run.point['l2']:g}: {text('kernel_norm')} {norm:.1f}")
scores = {f"{text(way)}, λ = {l2:g}": values for (way, l2), values in sorted(accuracies.items())}
plots.plot_scores(scores, text("test_accuracy"));

# %% [markdown] lang="ja" id="batch-seen" claims="09-batch-normalization-undoes-l2"
# 重みは、どちらの場合もL2で小さくなりました。ところが正解率は、`BatchNormalization`なしでは、この実行で0.70から0.86へ上がったのに、ありでは0.65から上がらず、$\lambda = 0.01$ではかえって0.55に下がりました。ひし形は3つのシードの平均、横線は標準偏差、灰色の点は1つ1つのシードです。
#
# **重みの大きさを縮めても、バッチ正規化が元に戻してしまいます。** ネットワークが表せる関数は、少しも制限されません。L2が役に立たなかったことは、これで説明できます。
#
# では、なぜ下がったのでしょうか。**ほとんどは、移動平均が古かったためです。** L2が重みを縮め続けると、値の分散も変わり続け、420歩の訓練では移動平均が追いつきません。重みを固定して統計量を計算し直すと、同じネットワークの正解率が上がり、下がった分の半分以上が消えました。ほかのシードでも、平均すると同じです。それでも、$\lambda = 0$を超えはしません。
#
# 残った小さな差は、実質の学習率のせいかもしれません。重みが小さくなるほど同じ1歩が大きく効くからです（van Laarhoven, 2017）。けれども、この実験だけでは確かめられません。
#
# 短い訓練のあとで`BatchNormalization`のあるモデルを評価するときは、統計量を計算し直すか、`momentum`を0.9などに下げてください。これは1つのデータでの実験であり、法則ではありません。バッチ正規化と重み減衰は、実際によく一緒に使われます。あなたのデータで効くかどうかは、検証データで確かめてください。
# %% [markdown] lang="en" id="batch-seen" claims="09-batch-normalization-undoes-l2"
# L2 made the weights smaller in both cases. But while the accuracy without `BatchNormalization` rose, in this run, from 0.70 to 0.86, with it there was no rise from 0.65: with $\lambda = 0.01$ it even fell to 0.55. Diamonds are means over 3 seeds, lines standard deviations, gray dots single seeds.
#
# **Shrink the weights, and batch normalization undoes it.** The functions that the network can represent are not restricted at all. That explains why L2 was of no use.
#
# But why the fall? **Mostly because the moving averages were out of date.** While L2 keeps shrinking the weights, the variance of the values keeps changing, and in 420 steps the averages do not catch up. With the statistics recomputed at fixed weights, the very same network has a higher accuracy, and more than half of the fall is gone. Over other seeds it is the same on average. Still, it does not get beyond that of $\lambda = 0$.
#
# The small difference that remains may be due to the effective learning rate: the smaller the weights, the more the same step does (van Laarhoven, 2017). But this experiment alone cannot tell.
#
# Before you judge a model with `BatchNormalization` after a short training, recompute its statistics, or lower `momentum` to 0.9, say. And this is an experiment on one data set, not a law. Batch normalization and weight decay are often used together. Whether that helps with your data, find out on validation data.

# %% [markdown] lang="ja" id="old-question"
# <a id="old-spellings"></a>
#
# ## 古い書き方と今の書き方
#
# 古い記事の書き方には、そのまま動くもの、警告が出るもの、今はエラーになるもの、意味が変わったものがあります。
#
# | 古い書き方 | 今の書き方 | 注意 |
# |---|---|---|
# | `from keras.regularizers import l1, l2, l1_l2` | `keras.regularizers.L1`、`L2`、`L1L2` | 小文字は別名で、同じクラスです |
# | `l1_l2(0.01)` | `L1L2(l1=0.01, l2=0.01)` | 意味が変わりました。省略した`l2`は、Keras 2では0.01でしたが、Keras 3では0です。元の意味を保つには、両方を書きます |
# | `W_regularizer=l2(0.01)` | `kernel_regularizer=L2(0.01)` | Keras 1の書き方で、今はエラーになります |
# | `Dense(64, input_dim=100)` | `keras.Input((100,))`を先に置く | 動きますが、警告が出ます |
# | `model.add(Dropout(0.5))` | 同じ | `rate`は消す割合です。TensorFlow 1の`keep_prob`は残す割合でした |
# | `from keras.layers.core import Dense` | `from keras.layers import Dense` | 今はエラーになります |
# | `Adam(lr=0.001)` | `Adam(learning_rate=0.001)` | 今はエラーになります |
# %% [markdown] lang="en" id="old-question"
# <a id="old-spellings"></a>
#
# ## Old and new spellings
#
# Of the forms in older articles some run as they stand, some give a warning, some are errors today, and one has changed its meaning.
#
# | old | today | note |
# |---|---|---|
# | `from keras.regularizers import l1, l2, l1_l2` | `keras.regularizers.L1`, `L2`, `L1L2` | the lower-case names are aliases of the same classes |
# | `l1_l2(0.01)` | `L1L2(l1=0.01, l2=0.01)` | has changed its meaning: left out, `l2` was 0.01 in Keras 2, and is 0 in Keras 3. To keep the old meaning, write both |
# | `W_regularizer=l2(0.01)` | `kernel_regularizer=L2(0.01)` | from Keras 1; an error today |
# | `Dense(64, input_dim=100)` | `keras.Input((100,))` first | runs, with a warning |
# | `model.add(Dropout(0.5))` | the same | `rate` is the fraction dropped; `keep_prob` of TensorFlow 1 was the fraction kept |
# | `from keras.layers.core import Dense` | `from keras.layers import Dense` | an error today |
# | `Adam(lr=0.001)` | `Adam(learning_rate=0.001)` | an error today |

# %% id="old-run" tags=["shows-warning"]
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.regularizers import l1, l2, l1_l2

old = Sequential()
old.add(Dense(64, input_dim=100, activation='relu', kernel_regularizer=l1(0.01)))
old.add(Dropout(0.5))
old.add(Dense(1, kernel_regularizer=l1_l2(l1=0.01, l2=0.01), bias_regularizer=l2(0.01)))

# %% id="new-run" tags=["nbval-check-output"]
new = keras.Sequential([
    keras.Input((100,)),
    keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.L1(0.01)),
    keras.layers.Dropout(0.5),
    keras.layers.Dense(1, kernel_regularizer=keras.regularizers.L1L2(l1=0.01, l2=0.01),
                       bias_regularizer=keras.regularizers.L2(0.01)),
])
new.set_weights(old.get_weights())
inputs = np.random.default_rng(0).normal(size=(5, 100)).astype("float32")
print("same outputs:", np.array_equal(old.predict(inputs, verbose=0), new.predict(inputs, verbose=0)))
print("same penalty:", float(sum(old.losses)) == float(sum(new.losses)))

# %% [markdown] lang="ja" id="elsewhere-penalties" claims="09-half-a-penalty-is-half-a-strength 09-weight-decay-of-pytorchs-sgd-is-half-as-much-l2 09-weight-decay-of-pytorchs-adam-is-half-as-much-l2 09-pytorchs-adamw-is-keras-adamw 09-strengths-of-scikit-learn 09-alpha-of-scikit-learns-network 09-playgrounds-l2 09-playgrounds-l1-has-no-equal"
# <a id="elsewhere"></a>
#
# ## ほかの教材から来た人へ
#
# 同じ「L2の強さ0.01」や「ドロップアウト0.5」でも、教材が違えば意味が違います。ここでは、よく読まれる教材やライブラリの設定を、Kerasの設定に直します。どの行も、NumPyで書いた向こうの方法（scikit-learnは本物）とKerasとを訓練し、重みが等しくなることをテストで確かめてあります。等しくする方法がないときは、そう書きました。
#
# ### ペナルティと重み減衰
#
# $n$は訓練データの行数、$\eta$は学習率です。「バイアス」は、バイアスにもペナルティがかかるかどうかです。$w$は重みだけ、$\theta$はバイアスも含むすべてのパラメータです。
#
# | 教材 | 書き方 | 損失に加わるもの | バイアス | ちょうど0 | 同じ重みになるKerasの書き方 |
# |---|---|---|---|---|---|
# | ゼロから作るDeep Learning | `weight_decay_lambda` = λ | $\frac{1}{2}\lambda\sum w^2$ | かからない | ならない | `L2(λ/2)` |
# | CS231n、ネットワークの回 | `reg` = λ | $\frac{1}{2}\lambda\sum w^2$ | かからない | ならない | `L2(λ/2)` |
# | CS231n、線形分類の回 | λ | $\lambda\sum w^2$ | かからない | ならない | `L2(λ)` |
# | PyTorch | `SGD(weight_decay=λ)` | $\frac{1}{2}\lambda\sum\theta^2$（勾配に$\lambda\theta$） | かかる | ならない | 重みにもバイアスにも`L2(λ/2)` |
# | PyTorch | `Adam(weight_decay=λ)` | $\frac{1}{2}\lambda\sum\theta^2$（勾配に$\lambda\theta$） | かかる | ならない | 重みにもバイアスにも`L2(λ/2)`と、`Adam(epsilon=1e-8)` |
# | PyTorch | `AdamW(weight_decay=λ)`、省略すると0.01 | なし（$\theta \leftarrow \theta - \eta\lambda\theta$） | かかる | ならない | `AdamW(weight_decay=λ, epsilon=1e-8)`、省略すると0.004 |
# | scikit-learn | `Ridge(alpha)` | 二乗の和に$\alpha\sum w^2$ | かからない | ならない | `L2(alpha/n)` |
# | scikit-learn | `Lasso(alpha)` | 平均二乗誤差の半分に$\alpha\sum\lvert w\rvert$ | かからない | なる | `SoftThreshold(2*alpha, learning_rate=η)`（`L1(2*alpha)`では0に近づくだけ） |
# | scikit-learn | `ElasticNet(alpha, l1_ratio)` | 平均二乗誤差の半分に$\alpha r\sum\lvert w\rvert + \frac{1}{2}\alpha(1-r)\sum w^2$（$r$は`l1_ratio`） | かからない | なる | `L2(alpha*(1-r))`と`SoftThreshold(2*alpha*r, learning_rate=η)` |
# | scikit-learn | `LogisticRegression(C)` | 交差エントロピーの和の$C$倍に$\frac{1}{2}\sum w^2$ | かからない | ならない | `L2(1/(2*n*C))` |
# | scikit-learn | `MLPClassifier(alpha)` | $\frac{1}{2}\alpha\sum w^2$をバッチの行数で割ったもの | かからない | ならない | `L2(alpha/(2*batch_size))` |
# | TensorFlow Playground | L2、Regularization rate = λ | 二乗誤差の半分に$\frac{1}{2}\lambda\sum w^2$ | かからない | ならない | `mean_squared_error`、`SGD(η/2)`、`L2(λ)` |
# | TensorFlow Playground | L1、Regularization rate = λ | 二乗誤差の半分に$\lambda\sum\lvert w\rvert$ | かからない | なる | **ありません**。最初の重みが0になるまでは`mean_squared_error`、`SGD(η/2)`、`L1(2*λ)` |
#
# - Kerasの`L2`には$\frac{1}{2}$がありません。$\frac{1}{2}$のある教材のλは、半分にして渡します。
# - Kerasの`SGD(weight_decay=λ)`は、モーメンタムがなければPyTorchの同じ名前の引数と同じですが、モーメンタムがあると違います。`Adam(weight_decay=λ)`は、KerasではAdamWになるので、PyTorchの`Adam`とは違います。PyTorchでも、バイアスをパラメータのグループに分ければ除けます。
# - Playgroundでは、L1の1歩で符号が変わった重みが0になり、そのあと二度と動きません。データが必要とするようになっても、0のままです。
# - `LogisticRegression`は、`solver="liblinear"`のときだけ、バイアスにもペナルティをかけます。
# %% [markdown] lang="en" id="elsewhere-penalties" claims="09-half-a-penalty-is-half-a-strength 09-weight-decay-of-pytorchs-sgd-is-half-as-much-l2 09-weight-decay-of-pytorchs-adam-is-half-as-much-l2 09-pytorchs-adamw-is-keras-adamw 09-strengths-of-scikit-learn 09-alpha-of-scikit-learns-network 09-playgrounds-l2 09-playgrounds-l1-has-no-equal"
# <a id="elsewhere"></a>
#
# ## Coming from elsewhere
#
# “L2 with a strength of 0.01” or “dropout of 0.5” means one thing in one source and another in the next. Here are the settings of some that are widely read, and what to write in Keras instead. For each row our tests train both, the other side written in NumPy (of scikit-learn, the real one), and find equal weights; where nothing makes them equal, it says so.
#
# ### Penalties and weight decay
#
# $n$ is the number of training rows, $\eta$ the learning rate. “Biases” says whether they are penalized, too. $w$ stands for weights only, $\theta$ for all parameters, biases among them.
#
# | source | written | added to the loss | biases | exactly 0 | equal weights in Keras |
# |---|---|---|---|---|---|
# | ゼロから作るDeep Learning | `weight_decay_lambda` = λ | $\frac{1}{2}\lambda\sum w^2$ | no | never | `L2(λ/2)` |
# | CS231n, on networks | `reg` = λ | $\frac{1}{2}\lambda\sum w^2$ | no | never | `L2(λ/2)` |
# | CS231n, on linear classification | λ | $\lambda\sum w^2$ | no | never | `L2(λ)` |
# | PyTorch | `SGD(weight_decay=λ)` | $\frac{1}{2}\lambda\sum\theta^2$ (to the gradient: $\lambda\theta$) | yes | never | `L2(λ/2)` for weights and biases |
# | PyTorch | `Adam(weight_decay=λ)` | $\frac{1}{2}\lambda\sum\theta^2$ (to the gradient: $\lambda\theta$) | yes | never | `L2(λ/2)` for weights and biases, with `Adam(epsilon=1e-8)` |
# | PyTorch | `AdamW(weight_decay=λ)`, 0.01 by default | nothing ($\theta \leftarrow \theta - \eta\lambda\theta$) | yes | never | `AdamW(weight_decay=λ, epsilon=1e-8)`, 0.004 by default |
# | scikit-learn | `Ridge(alpha)` | $\alpha\sum w^2$ to the sum of squares | no | never | `L2(alpha/n)` |
# | scikit-learn | `Lasso(alpha)` | $\alpha\sum\lvert w\rvert$ to half the mean squared error | no | yes | `SoftThreshold(2*alpha, learning_rate=η)` (`L1(2*alpha)` only comes close to 0) |
# | scikit-learn | `ElasticNet(alpha, l1_ratio)` | $\alpha r\sum\lvert w\rvert + \frac{1}{2}\alpha(1-r)\sum w^2$ to half the mean squared error ($r$ is `l1_ratio`) | no | yes | `L2(alpha*(1-r))` and `SoftThreshold(2*alpha*r, learning_rate=η)` |
# | scikit-learn | `LogisticRegression(C)` | $\frac{1}{2}\sum w^2$ to $C$ times the sum of cross-entropies | no | never | `L2(1/(2*n*C))` |
# | scikit-learn | `MLPClassifier(alpha)` | $\frac{1}{2}\alpha\sum w^2$, divided by the rows of the batch | no | never | `L2(alpha/(2*batch_size))` |
# | TensorFlow Playground | L2, Regularization rate = λ | $\frac{1}{2}\lambda\sum w^2$ to half the squared error | no | never | `mean_squared_error`, `SGD(η/2)`, `L2(λ)` |
# | TensorFlow Playground | L1, Regularization rate = λ | $\lambda\sum\lvert w\rvert$ to half the squared error | no | yes | **none**; until the first weight is 0, `mean_squared_error`, `SGD(η/2)`, `L1(2*λ)` |
#
# - Keras' `L2` has no $\frac{1}{2}$: halve the λ of a source that has a $\frac{1}{2}$.
# - Keras' own `SGD(weight_decay=λ)` is what PyTorch's is as long as there is no momentum, and something else with it. `Adam(weight_decay=λ)` is AdamW in Keras, unlike PyTorch's `Adam`. In PyTorch, too, biases can be left out, as a parameter group of their own.
# - In Playground, a weight whose sign the L1 part of a step changes becomes 0 and never moves again, even if the data should come to need it.
# - `LogisticRegression` penalizes the bias too with `solver="liblinear"`, and only then.

# %% id="elsewhere-penalty-run" tags=["nbval-check-output"]
half_a_penalty = 0.01 / 2 * np.sum(w**2)  # with λ = 0.01: the book, CS231n's networks, PyTorch
show(np.array([half_a_penalty]))
show(keras.regularizers.L2(0.01 / 2)(w))  # the same
show(keras.regularizers.L2(0.01)(w))  # twice as much

# %% [markdown] lang="ja" id="elsewhere-pytorch-question"
# PyTorchの`SGD(momentum=0.9, weight_decay=0.05)`を、線形モデルについてNumPyで書き、Kerasで訓練した重みと比べます。バイアスにもペナルティをかけると等しくなり、かけないと違います。
# %% [markdown] lang="en" id="elsewhere-pytorch-question"
# Here is PyTorch's `SGD(momentum=0.9, weight_decay=0.05)` for a linear model, written in NumPy, beside weights trained in Keras. With a penalty on the bias as well they are equal; without one they are not.

# %% id="elsewhere-pytorch" tags=["nbval-check-output"]
given = data.linear_regression(n_train=60, n_features=5, seed=0).train
features, targets = np.column_stack([given.x, np.ones(60)]), given.y + 3  # the last parameter is the bias
parameters, velocity = np.zeros(6), np.zeros(6)
for _ in range(100):
    gradient = 2 * features.T @ (features @ parameters - targets) / 60
    velocity = 0.9 * velocity + gradient + 0.05 * parameters
    parameters = parameters - 0.01 * velocity
half = keras.regularizers.L2(0.05 / 2)
for on_bias in (half, None):
    dense = keras.layers.Dense(1, kernel_initializer="zeros", kernel_regularizer=half, bias_regularizer=on_bias)
    model = keras.Sequential([keras.Input((5,)), dense])
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss="mean_squared_error")
    training.fit(model, given.x, targets, epochs=100, batch_size=60, progress=False)
    ours = np.concatenate([weights.ravel() for weights in model.get_weights()])
    print("equal weights:", bool(np.abs(parameters - ours).max() < 1e-4))

# %% [markdown] lang="ja" id="elsewhere-dropout" claims="09-dropout-that-is-not-inverted 09-the-kept-share-of-cs231n 09-dropout-of-pytorch-is-the-same"
# ### ドロップアウト
#
# | 教材 | 書き方 | 数字が表すもの | 倍率 | 同じ重みになるKerasの書き方 |
# |---|---|---|---|---|
# | ゼロから作るDeep Learning | `Dropout(dropout_ratio)` | 消す割合$p$ | 反転でない（推論のとき$1-p$倍） | `Dropout(p)`のあとに`Rescaling(1 - p)` |
# | 元の論文（Srivastavaほか、2014） | $p$ | **残す**割合$p$ | 反転でない（推論のとき$p$倍） | `Dropout(1 - p)`のあとに`Rescaling(p)` |
# | CS231n | `p` | **残す**割合$p$ | 反転（訓練のとき$1/p$倍。勧めている形） | `Dropout(1 - p)` |
# | PyTorch | `nn.Dropout(p)` | 消す割合$p$ | 反転（訓練のとき$1/(1-p)$倍） | `Dropout(p)` |
# | scikit-learn、TensorFlow Playground | ありません | | | |
#
# 反転でないドロップアウトを、Kerasの`Dropout`だけに置き換えると、訓練のときの値が$1/(1-p)$倍になるので、同じ学習率でも違う重みになります。`Rescaling`は、訓練でも推論でも決まった数を掛けるだけの層です。
# %% [markdown] lang="en" id="elsewhere-dropout" claims="09-dropout-that-is-not-inverted 09-the-kept-share-of-cs231n 09-dropout-of-pytorch-is-the-same"
# ### Dropout
#
# | source | written | the number is | scaling | equal weights in Keras |
# |---|---|---|---|---|
# | ゼロから作るDeep Learning | `Dropout(dropout_ratio)` | the share $p$ that is dropped | not inverted (times $1-p$ at inference) | `Dropout(p)`, then `Rescaling(1 - p)` |
# | the paper (Srivastava and others, 2014) | $p$ | the share $p$ that is **kept** | not inverted (times $p$ at inference) | `Dropout(1 - p)`, then `Rescaling(p)` |
# | CS231n | `p` | the share $p$ that is **kept** | inverted (times $1/p$ in training; the form it recommends) | `Dropout(1 - p)` |
# | PyTorch | `nn.Dropout(p)` | the share $p$ that is dropped | inverted (times $1/(1-p)$ in training) | `Dropout(p)` |
# | scikit-learn, TensorFlow Playground | have none | | | |
#
# Put Keras' `Dropout` alone in the place of one that is not inverted, and values in training are $1/(1-p)$ times as large, so that the same learning rate leads to other weights. `Rescaling` is a layer that multiplies by a fixed number, in training and at inference alike.

# %% id="elsewhere-dropout-run"
as_in_the_book = keras.Sequential([keras.layers.Dropout(0.4, seed=6), keras.layers.Rescaling(1 - 0.4)])
show(as_in_the_book(x, training=True))  # 0 or 1: nothing is scaled up
show(as_in_the_book(x))  # at inference, 1 - 0.4

# %% [markdown] lang="ja" id="elsewhere-loss"
# ### 表示される損失
#
# | 教材 | 表示される損失に、ペナルティは |
# |---|---|
# | Keras | 入っています（`loss`にも`val_loss`にも）。`weight_decay`の分は入りません |
# | ゼロから作るDeep Learning | 入っています（更新したあとのバッチの損失で、ドロップアウトは止めてあります） |
# | CS231n | 入っています |
# | PyTorch | 入っていません（損失関数が返す値だけです。`weight_decay`はオプティマイザの中にあります） |
# | scikit-learn | `MLPClassifier`の`loss_curve_`には入っています。線形モデルは損失を表示しません |
# | TensorFlow Playground | 入っていません（平均二乗誤差の半分です。検証データもありません） |
#
# ほかの教材の曲線と比べるときは、`training.fit`の`data_loss`（ペナルティを含まない）を使うか、ペナルティを足し引きしてからにしてください。
#
# 確かめた資料：[斎藤康毅（2016）『ゼロから作るDeep Learning』オライリー・ジャパン](https://github.com/oreilly-japan/deep-learning-from-scratch)のコード`common/layers.py`と`common/multi_layer_net_extend.py`と`common/trainer.py`、PyTorchの[SGD](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html)と[Adam](https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html)と[AdamW](https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html)と[Dropout](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html)、scikit-learnの[線形モデル](https://scikit-learn.org/stable/modules/linear_model.html)と[MLPClassifier](https://scikit-learn.org/stable/modules/generated/sklearn.neural_network.MLPClassifier.html)、CS231nの[ネットワークの回](https://cs231n.github.io/neural-networks-2/)と[例題](https://cs231n.github.io/neural-networks-case-study/)と[線形分類の回](https://cs231n.github.io/linear-classify/)、TensorFlow Playgroundの[`nn.ts`](https://github.com/tensorflow/playground/blob/master/src/nn.ts)と[`playground.ts`](https://github.com/tensorflow/playground/blob/master/src/playground.ts)。
# %% [markdown] lang="en" id="elsewhere-loss"
# ### The loss that is shown
#
# | source | the penalty in the loss that is shown |
# |---|---|
# | Keras | is in it (in `loss` and in `val_loss`); that of `weight_decay` is not |
# | ゼロから作るDeep Learning | is in it (the loss of a batch after its update, with dropout off) |
# | CS231n | is in it |
# | PyTorch | is not (it is what your loss function returns; `weight_decay` is the optimizer's business) |
# | scikit-learn | is in `loss_curve_` of `MLPClassifier`; linear models show no loss |
# | TensorFlow Playground | is not (half the mean squared error; there are no validation data, either) |
#
# To compare with curves from elsewhere, use the `data_loss` of `training.fit`, which has no penalty in it, or add or subtract the penalty first.
#
# Where we looked: the code of [K. Saito (2016), ゼロから作るDeep Learning, O'Reilly Japan](https://github.com/oreilly-japan/deep-learning-from-scratch), in `common/layers.py`, `common/multi_layer_net_extend.py` and `common/trainer.py`; PyTorch's [SGD](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html), [Adam](https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html), [AdamW](https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html) and [Dropout](https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html); scikit-learn's [linear models](https://scikit-learn.org/stable/modules/linear_model.html) and [MLPClassifier](https://scikit-learn.org/stable/modules/generated/sklearn.neural_network.MLPClassifier.html); CS231n [on networks](https://cs231n.github.io/neural-networks-2/), [its case study](https://cs231n.github.io/neural-networks-case-study/) and [on linear classification](https://cs231n.github.io/linear-classify/); TensorFlow Playground's [`nn.ts`](https://github.com/tensorflow/playground/blob/master/src/nn.ts) and [`playground.ts`](https://github.com/tensorflow/playground/blob/master/src/playground.ts).

# %% [markdown] lang="ja" id="ex-old" tags=["exercise"]
# ### 練習1　古い記事を読む
#
# 古い記事に`kernel_regularizer=l1_l2(0.01)`と書いてありました。今のKerasで、$w = (1, -2, 3)$にかかるペナルティはいくつでしょうか。`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# 2つ目の引数`l2`は、省略すると何になるでしょうか。
#
# </details>
# %% [markdown] lang="en" id="ex-old" tags=["exercise"]
# ### Exercise 1: reading an old article
#
# An old article says `kernel_regularizer=l1_l2(0.01)`. With today's Keras, what is the penalty on $w = (1, -2, 3)$? Put it into `answer`.
#
# <details><summary>Hint</summary>
#
# What is the second argument, `l2`, if it is left out?
#
# </details>

# %% id="ex-old-answer" tags=["exercise"]
answer = ...

# %% id="ex-old-solution" tags=["solution"]
answer = float(keras.regularizers.l1_l2(0.01)(w))

# %% id="ex-old-check" tags=["check"]
check("09-old", answer)

# %% [markdown] lang="ja" id="ex-smooth" tags=["exercise"]
# ### 練習2　平滑化したラベル
#
# クラスが5個で`label_smoothing=0.2`のとき、**正解でない**クラスの目標はいくつになるでしょうか。`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# $\varepsilon$を5つのクラスに等しく配ります。
#
# </details>
# %% [markdown] lang="en" id="ex-smooth" tags=["exercise"]
# ### Exercise 2: smoothed labels
#
# With 5 classes and `label_smoothing=0.2`, what is the target of a class that is **not** the correct one? Put it into `answer`.
#
# <details><summary>Hint</summary>
#
# $\varepsilon$ is spread evenly over the 5 classes.
#
# </details>

# %% id="ex-smooth-answer" tags=["exercise"]
answer = ...

# %% id="ex-smooth-solution" tags=["solution"]
answer = 0.2 / 5

# %% id="ex-smooth-check" tags=["check"]
check("09-smooth", answer)

# %% [markdown] lang="ja" id="ex-inference" tags=["exercise"]
# ### 練習3　推論でも働くのはどれ？
#
# 次のうち、`predict`のときにも**働く**（入力がそのまま出てこない）ものを、すべて選んでください。記号を並べた文字列で`answer`に入れます（例：`"ab"`）。
#
# - `a`：`Dropout`
# - `b`：`BatchNormalization`
# - `c`：`GaussianNoise`
# - `d`：`RandomFlip`
# - `e`：`AlphaDropout`
# %% [markdown] lang="en" id="ex-inference" tags=["exercise"]
# ### Exercise 3: which act at inference?
#
# Which of these **act** in `predict`, too, so that the input does not come out as it is? Choose all that apply, and put their letters into `answer` (such as `"ab"`).
#
# - `a`: `Dropout`
# - `b`: `BatchNormalization`
# - `c`: `GaussianNoise`
# - `d`: `RandomFlip`
# - `e`: `AlphaDropout`

# %% id="ex-inference-answer" tags=["exercise"]
answer = ...

# %% id="ex-inference-solution" tags=["solution"]
answer = "b"

# %% id="ex-inference-check" tags=["check"]
check("09-inference", answer)

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("09")

# %% [markdown] lang="ja" id="glossary-title"
# <a id="glossary"></a>
#
# ## 用語集
#
# 五十音順に並んでいます。「課」の番号を押すと、その用語を説明した課が開きます。
# %% [markdown] lang="en" id="glossary-title"
# <a id="glossary"></a>
#
# ## Glossary
#
# In alphabetical order. The number of a lesson is a link to the lesson that explains the term.

# %% id="glossary" tags=["hide-input"]
glossary()

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - ペナルティは`kernel_regularizer`に、制約は`kernel_constraint`に渡します。`L1L2`の強さは必ず書きます。
# - ドロップアウト、ノイズ、データ拡張の層は、訓練のときだけ働きます（`RandomCrop`では、形を確かめてください）。`BatchNormalization`は推論でも働きます。
# - `EarlyStopping`には`restore_best_weights=True`を渡します。
# - この課の実験では、バッチ正規化の直前のL2は役に立ちませんでした。強いL2で正解率が下がったのは、ほとんどが移動平均の古さのためでした。
# - ほかの教材のλは、$\frac{1}{2}$があるか、平均か和か、バイアスにもかかるかを確かめてから、Kerasに渡します。
#
# 前の課は[08　総合演習](08_capstone.ipynb)、最初の課は[00　はじめに](00_start_here.ipynb)です。次の[10　いまの実践](10_practice_today.ipynb)では、いまよく使われる方法を測ります。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[正則化の層](https://keras.io/api/layers/regularization_layers/)、[BatchNormalization](https://keras.io/api/layers/normalization_layers/batch_normalization/)
# - T. van Laarhoven (2017). L2 regularization versus batch and weight normalization. [arXiv:1706.05350](https://arxiv.org/abs/1706.05350)
# - G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter (2017). Self-normalizing neural networks. NeurIPS. [arXiv:1706.02515](https://arxiv.org/abs/1706.02515)
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna (2016). Rethinking the Inception architecture for computer vision. CVPR. [arXiv:1512.00567](https://arxiv.org/abs/1512.00567)
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: beyond empirical risk minimization. ICLR. [arXiv:1710.09412](https://arxiv.org/abs/1710.09412)
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - Penalties go to `kernel_regularizer`, constraints to `kernel_constraint`. Always write the strengths of `L1L2`.
# - Layers of dropout, noise and augmentation act in training only (with `RandomCrop`, check the shapes); `BatchNormalization` acts at inference, too.
# - Give `EarlyStopping` the argument `restore_best_weights=True`.
# - In this lesson's experiment L2 right before batch normalization did not help. That the accuracy fell with a strong one was mostly due to moving averages out of date.
# - Before you hand a λ from elsewhere to Keras, find out whether there is a $\frac{1}{2}$, a mean or a sum, and a penalty on biases.
#
# The previous lesson is [08 Capstone](08_capstone.ipynb), the first one [00 Start here](00_start_here.ipynb). The next one, [10 Practice today](10_practice_today.ipynb), measures methods that are common today.
#
# ## Read more
#
# - On Keras' pages: [regularization layers](https://keras.io/api/layers/regularization_layers/), [BatchNormalization](https://keras.io/api/layers/normalization_layers/batch_normalization/)
# - T. van Laarhoven (2017). L2 regularization versus batch and weight normalization. [arXiv:1706.05350](https://arxiv.org/abs/1706.05350)
# - G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter (2017). Self-normalizing neural networks. NeurIPS. [arXiv:1706.02515](https://arxiv.org/abs/1706.02515)
# - C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna (2016). Rethinking the Inception architecture for computer vision. CVPR. [arXiv:1512.00567](https://arxiv.org/abs/1512.00567)
# - H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz (2018). mixup: beyond empirical risk minimization. ICLR. [arXiv:1710.09412](https://arxiv.org/abs/1710.09412)
