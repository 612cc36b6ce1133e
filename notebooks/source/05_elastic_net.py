# %% [markdown] lang="ja" id="title"
# # 05　Elastic Net
#
# 前の課の最後で、L1では、似た特徴量への重みの分け方が偶然で決まり、片方が0になることさえあるのを見ました。この課では、L1にL2を混ぜた**Elastic Net**（エラスティックネット）を使います。要らない重みを0にしながら、似た特徴量には重みを分け合わせる方法です。
#
# **このノートブックを終えると、次のことができます。**
#
# - 似た特徴量に対するL1、L2、Elastic Netの違いを説明する
# - Kerasの`L1L2`を正しく書き、間違えやすい書き方を避ける
# - Kerasの強さ$(\lambda_1, \lambda_2)$と、scikit-learnの`alpha`、`l1_ratio`を換算する
# - 2つの強さを検証データで選び、結果を慎重に読む
#
# 時間の目安は45分です。
# %% [markdown] lang="en" id="title"
# # 05 Elastic Net
#
# At the end of the previous lesson, chance decided how L1 shares the weight between similar features; sometimes one of them even got 0. This lesson mixes some L2 into L1. The mixture, the **Elastic Net**, makes weights that are not needed 0, and lets similar features share their weight.
#
# **When you have finished this notebook, you can**
#
# - explain how L1, L2 and the Elastic Net treat similar features
# - write Keras' `L1L2` correctly and avoid the spellings that go wrong
# - convert between Keras' strengths $(\lambda_1, \lambda_2)$ and scikit-learn's `alpha` and `l1_ratio`
# - choose two strengths on validation data, and read the result with due caution
#
# Allow about 45 minutes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import ElasticNet, Ridge

from coursekit import data, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text
from coursekit.penalties import (
    SoftThreshold,
    elastic_net_arguments,
    elastic_net_strengths,
    ridge_alpha,
)

# %% [markdown] lang="ja" id="story"
# ## 並んで下がる4本の温度計、という話
#
# [前の課](04_l1.ipynb)の温室に戻りましょう。よく見ると、センサーはばらばらに置かれてはいませんでした。入口に4本、天井に4本、土の中に4本、ほとんど同じ値を示すものがまとめて付けてあります。
#
# L1で選ぶと、入口の4本のうち2本だけが残りました。ところが翌年のデータで選び直すと、残ったのは別の2本です。温室の主人は困っています。**入口の温度が効くのなら、4本とも残して、同じくらいの重みを付けてほしい。関係のないセンサーは0にしてほしい。** 両方を同時にかなえることはできるでしょうか。
#
# これがこの課の問いです。
# %% [markdown] lang="en" id="story"
# ## A story about four thermometers side by side
#
# Back to the greenhouse of the [previous lesson](04_l1.ipynb). On a closer look, the sensors are not scattered about. There are 4 at the door, 4 under the roof and 4 in the soil, and those in one place show almost the same values.
#
# L1 kept 2 of the 4 at the door. With the next year's data it kept 2 others. The owners are puzzled. **If the temperature at the door matters, all 4 should stay, with about the same weight. And sensors that have nothing to do with the harvest should get 0.** Can they have both at once?
#
# That is the question of this lesson.

# %% [markdown] lang="ja" id="groups-question"
# ## 実験1　似た特徴量が並ぶとき
#
# 答えの分かっているデータを作ります。特徴量は30個で、先頭の12個が4個ずつ3つのグループになっています。グループの中の相関係数（correlation coefficient）は0.99です。真の重みは、グループごとに4個とも同じで、順に1、$-0.75$、0.5です。残りの18個の真の重みは0です。訓練データは50行、ノイズの標準偏差は1です。
#
# 線形モデルの重みを3通りの方法で求めます。Elastic Netは、2つのペナルティを足したものです。
#
# $$E(w) = L(w) + \lambda_1 \sum_j \lvert w_j\rvert + \lambda_2 \sum_j w_j^2$$
#
# $E(w)$は目的関数、$L(w)$はデータ損失（ここでは平均二乗誤差）、$w_j$は$j$番目の重み、$\lambda_1$と$\lambda_2$はL1とL2の強さです。$\lambda_2 = 0$ならラッソ回帰、$\lambda_1 = 0$ならリッジ回帰になります。これまでの課でKerasの解と一致することを確かめたので、ここではscikit-learnに解いてもらいます。
#
# **予想してみよう**　3つの方法は、それぞれグループの中の4個にどう重みを付けるでしょうか。残りの18個はどうなるでしょうか。
# %% [markdown] lang="en" id="groups-question"
# ## Experiment 1: similar features side by side
#
# We make data whose answer we know. There are 30 features; the first 12 form three groups of 4. Within a group the correlation coefficient is 0.99. The true weights are the same for all 4 features of a group: 1, $-0.75$ and 0.5, group by group. The true weights of the other 18 are 0. There are 50 training rows, and the noise has standard deviation 1.
#
# We fit a linear model in three ways. The Elastic Net is the sum of the two penalties:
#
# $$E(w) = L(w) + \lambda_1 \sum_j \lvert w_j\rvert + \lambda_2 \sum_j w_j^2$$
#
# $E(w)$ is the objective, $L(w)$ the data loss, here the mean squared error, $w_j$ the $j$-th weight, and $\lambda_1$ and $\lambda_2$ are the strengths of L1 and L2. With $\lambda_2 = 0$ it is the Lasso, with $\lambda_1 = 0$ ridge regression. Earlier lessons have shown that scikit-learn's solutions agree with those of Keras, so we let scikit-learn do the work here.
#
# **Make a guess.** How will each of the three spread the weight over the 4 features of a group? What will happen to the other 18?

# %% id="groups-model"
dataset = data.correlated_regression(seed=0)
truth = dataset.coefficients


def fitted(dataset, l1, l2):
    x, y = (part.astype("float64") for part in dataset.train)
    if l1 == 0:
        return Ridge(alpha=ridge_alpha(l2, len(x))).fit(x, y)
    return ElasticNet(**elastic_net_arguments(l1, l2), tol=1e-6, max_iter=100_000).fit(x, y)

# %% id="groups-run"
strengths = {"L2": (0, 0.1), "L1": (0.2, 0), "Elastic Net": (0.2, 0.1)}
fig, axes = plt.subplots(3, 1, figsize=(8.6, 7.8), layout="constrained", sharey=True)
for ax, (name, (l1, l2)) in zip(axes, strengths.items(), strict=True):
    weights = fitted(dataset, l1, l2).coef_
    plots.plot_grouped_weights(weights, truth, 4, ax=ax).set_title(name, loc="left", pad=22)

# %% [markdown] lang="ja" id="groups-seen" claims="05-l1-picks-l2-shares-both-do"
# 灰色の帯が、似た特徴量のグループです。橙色の輪が真の重み、青い点が推定した重みです。
#
# - **L2**（上）は、どのグループでも4個にほぼ同じ重みを付け、輪のすぐ近くにあります。しかし、帯の外の18個にも小さな重みが付き、0は1つもありません。
# - **L1**（中）は、帯の外に0を作ります。しかし、帯の中では大きい重みと0が混ざり、輪から大きく外れています。
# - **Elastic Net**（下）は、帯の中では重みを分け合い、帯の外には0を作ります。
#
# データを変えた10のシードで、同じことを調べました。この課には、このように、セルの出力にはない数がいくつかあります。どれも、同じ実験をシードを変えて繰り返した結果です（プロジェクトの`tests/claims`で測っています）。グループの中の重みの標準偏差は、L1では平均で0.7から0.8ほど、L2とElastic Netでは0.1に届きません。12個のうち0にならなかったのは、L1では5個から11個で、12個すべてが残ったことは一度もありません。Elastic Netではいつも12個全部です。帯の外の18個のうち0になったのは、L1では平均で11個ほど、Elastic Netでは10個ほど、L2では一度もありませんでした。
# %% [markdown] lang="en" id="groups-seen" claims="05-l1-picks-l2-shares-both-do"
# The gray bands are the groups of similar features. Orange rings are the true weights, blue points the estimated ones.
#
# - **L2** (top) gives the 4 features of a group almost the same weight, close to the rings. But the 18 features outside the bands get small weights as well, and there is not a single 0.
# - **L1** (middle) makes zeros outside the bands. Inside, large weights stand next to zeros, far from the rings.
# - **The Elastic Net** (bottom) shares the weight inside the bands and makes zeros outside.
#
# The same was done for 10 seeds with other data. (Where this lesson gives a result over several seeds that no cell prints, as here, the same experiment was repeated with other seeds, in the project's `tests/claims`.) The standard deviation of the weights within a group was 0.7 to 0.8 on average with L1, and below 0.1 with L2 and with the Elastic Net. Of the 12 features in groups, L1 kept between 5 and 11 and never all; the Elastic Net kept all 12 every time. Of the 18 others, L1 set about 11 to 0 on average, the Elastic Net about 10, and L2 none at all.

# %% [markdown] lang="ja" id="why"
# ### なぜ分け合うのか
#
# ほとんど同じ2つの特徴量があるとします。予測に効くのは2つの重みの和だけで、和を4にしたいとしましょう。分け方によって、ペナルティはどう変わるでしょうか。
#
# | 分け方 | L1：$\lvert w_1\rvert + \lvert w_2\rvert$ | L2：$w_1^2 + w_2^2$ |
# |---|---|---|
# | 4と0 | 4 | 16 |
# | 3と1 | 4 | 10 |
# | 2と2 | 4 | 8 |
#
# **L1にとっては、どの分け方も同じ値段**です。ですから、わずかな偶然が分け方を決めます。**L2では、半分ずつが必ずいちばん安く**なります。Elastic Netは両方を足すので、L2の分がほんの少しあるだけで、分け方が1つに決まります。一方、L1の分があるので、要らない重みを0まで引く力も残っています。
#
# H. ZouとT. Hastieは、この性質を**グループ効果**（grouping effect）と名付けました。
# %% [markdown] lang="en" id="why"
# ### Why the weight is shared
#
# Think of two features that are almost the same. Only the sum of their weights matters for the prediction; say it should be 4. What does each way of splitting it cost?
#
# | split | L1: $\lvert w_1\rvert + \lvert w_2\rvert$ | L2: $w_1^2 + w_2^2$ |
# |---|---|---|
# | 4 and 0 | 4 | 16 |
# | 3 and 1 | 4 | 10 |
# | 2 and 2 | 4 | 8 |
#
# **To L1, all splits cost the same**, so tiny accidents decide. **To L2, equal halves are always the cheapest.** The Elastic Net adds the two, so a little L2 is enough to settle the split. And its L1 part still pulls weights that are not needed down to 0.
#
# H. Zou and T. Hastie called this property the **grouping effect**.

# %% [markdown] lang="ja" id="ex-penalty" tags=["exercise"]
# ### 練習1　ペナルティを計算する
#
# $\lambda_1 = 0.1$、$\lambda_2 = 0.1$のとき、重み$(3, 1)$に対するElastic Netのペナルティはいくつでしょうか。
#
# <details><summary>ヒント</summary>
#
# 上の表の「3と1」の行に、それぞれの強さを掛けて足します。
#
# </details>
# %% [markdown] lang="en" id="ex-penalty" tags=["exercise"]
# ### Exercise 1: compute a penalty
#
# With $\lambda_1 = 0.1$ and $\lambda_2 = 0.1$, what is the Elastic Net penalty of the weights $(3, 1)$?
#
# <details><summary>Hint</summary>
#
# Take the row “3 and 1” of the table above, multiply each entry by its strength, and add.
#
# </details>

# %% id="ex-penalty-answer" tags=["exercise"]
answer = ...

# %% id="ex-penalty-solution" tags=["solution"]
answer = 0.1 * (3 + 1) + 0.1 * (3**2 + 1**2)

# %% id="ex-penalty-check" tags=["check"]
check("05-penalty", answer)

# %% [markdown] lang="ja" id="spelling-question"
# ## 実験2　KerasのL1L2の書き方
#
# Kerasでは、Elastic Netのペナルティは`keras.regularizers.L1L2(l1=…, l2=…)`です。層に渡す書き方はいくつかありますが、すべてが同じ意味ではありません。重み$(1, -2, 3)$のペナルティを計算して比べましょう。正しい値は$0.01 \times 6 + 0.01 \times 14 = 0.20$です。
#
# **予想してみよう**　次の4つのうち、0.20になるのはどれでしょうか。
# %% [markdown] lang="en" id="spelling-question"
# ## Experiment 2: spelling L1L2 in Keras
#
# In Keras, the Elastic Net penalty is `keras.regularizers.L1L2(l1=…, l2=…)`. There are several ways to write it, and they do not all mean the same. Let us compare the penalties they give for the weights $(1, -2, 3)$. The right value is $0.01 \times 6 + 0.01 \times 14 = 0.20$.
#
# **Make a guess.** Which of the four lines below will give 0.20?

# %% id="spelling-run" tags=["nbval-check-output"]
w = np.array([1.0, -2.0, 3.0], dtype="float32")
spellings = {
    "L1L2(l1=0.01, l2=0.01)": keras.regularizers.L1L2(l1=0.01, l2=0.01),
    "l1_l2(l1=0.01, l2=0.01)": keras.regularizers.l1_l2(l1=0.01, l2=0.01),
    "L1L2()": keras.regularizers.L1L2(),
    '"l1l2"': keras.regularizers.get("l1l2"),
}
for spelling, penalty in spellings.items():
    print(f"{spelling:24} {float(penalty(w)):.2f}")

# %% [markdown] lang="ja" id="spelling-seen" claims="05-l1l2-without-strengths-is-nothing"
# 値を渡した最初の2つだけが0.20です。`l1_l2`は古い記事によく出てくる書き方で、今も同じものを指します。ところが、**値を渡さない`L1L2()`と文字列の`"l1l2"`は0.00**、つまりペナルティが何もありません。エラーも警告も出ないので、正則化しているつもりで、していないことになります。`L1()`と`L2()`の既定値は0.01なのに、`L1L2()`では両方とも0なのです。文字列の`"l1_l2"`はエラーになります。
#
# 覚えておくことは1つです。**いつも`L1L2(l1=…, l2=…)`と、2つの値を名前付きで書く。**
# %% [markdown] lang="en" id="spelling-seen" claims="05-l1l2-without-strengths-is-nothing"
# Only the first two, which are given values, yield 0.20. The name `l1_l2`, common in older articles, still stands for the same thing. But **`L1L2()` without values and the string `"l1l2"` give 0.00**: no penalty whatsoever. There is no error and no warning, so you believe you regularize and do not. `L1()` and `L2()` have the default 0.01, whereas in `L1L2()` both defaults are 0. The string `"l1_l2"` raises an error.
#
# One habit is enough: **always write `L1L2(l1=…, l2=…)`, with both values by name.**

# %% [markdown] lang="ja" id="keras-question"
# ## 実験3　Kerasでscikit-learnと同じ解を得る
#
# 前の課で、Kerasの`L1`を勾配降下法で訓練しても、ちょうど0にはならないことを見ました。`L1L2`でも同じです。そこで役割を分けます。L2の分は`kernel_regularizer`に、L1の分は`SoftThreshold`に任せます。L2には0で尖ったところがないので、ふつうの勾配で困りません。
#
# scikit-learnの`ElasticNet`は、次の式を最小にします。
#
# $$\frac{1}{2n}\sum_i (y_i - \hat{y}_i)^2 + \alpha r \sum_j \lvert w_j\rvert + \frac{\alpha(1 - r)}{2} \sum_j w_j^2$$
#
# $n$は行数、$y_i$は正しい値、$\hat{y}_i$は予測、$\alpha$は`alpha`、$r$は`l1_ratio`です。式全体を2倍すると、データ損失はKerasと同じ平均二乗誤差になります。あとは係数を見比べるだけです。
#
# $$\lambda_1 = 2\alpha r, \quad \lambda_2 = \alpha(1 - r) \qquad \alpha = \frac{\lambda_1}{2} + \lambda_2, \quad r = \frac{\lambda_1 / 2}{\alpha}$$
#
# coursekitでは、`elastic_net_arguments`がKerasからscikit-learnへ、`elastic_net_strengths`がその逆へ換算します。
#
# **予想してみよう**　2つの解は、小数第何位まで一致するでしょうか。`L1L2`をAdamで訓練すると、0はいくつ現れるでしょうか。
# %% [markdown] lang="en" id="keras-question"
# ## Experiment 3: the solution of scikit-learn, in Keras
#
# In the previous lesson, gradient descent with Keras' `L1` gave no weight that was exactly 0. The same is true of `L1L2`. So we divide the work: `kernel_regularizer` takes the L2 part, `SoftThreshold` the L1 part. L2 has no sharp point at 0, and ordinary gradients serve it well.
#
# scikit-learn's `ElasticNet` minimizes
#
# $$\frac{1}{2n}\sum_i (y_i - \hat{y}_i)^2 + \alpha r \sum_j \lvert w_j\rvert + \frac{\alpha(1 - r)}{2} \sum_j w_j^2$$
#
# where $n$ is the number of rows, $y_i$ the right value, $\hat{y}_i$ the prediction, $\alpha$ is `alpha` and $r$ is `l1_ratio`. Double the whole formula, and the data loss is the mean squared error, as in Keras. Then compare the coefficients:
#
# $$\lambda_1 = 2\alpha r, \quad \lambda_2 = \alpha(1 - r) \qquad \alpha = \frac{\lambda_1}{2} + \lambda_2, \quad r = \frac{\lambda_1 / 2}{\alpha}$$
#
# In coursekit, `elastic_net_arguments` converts from Keras to scikit-learn, and `elastic_net_strengths` converts back.
#
# **Make a guess.** To how many decimal places will the two solutions agree? And how many zeros will `L1L2` with Adam give?

# %% id="keras-convert" tags=["nbval-check-output"]
arguments = elastic_net_arguments(l1=0.2, l2=0.1)
print({name: round(value, 6) for name, value in arguments.items()})
print({name: round(value, 6) for name, value in elastic_net_strengths(**arguments).items()})

# %% id="keras-model"
def linear_model(optimizer, **options):
    first_weights = keras.initializers.GlorotUniform(seed=0)
    dense = keras.layers.Dense(1, kernel_initializer=first_weights, **options)
    model = keras.Sequential([keras.Input((30,)), dense])
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    return model


def trained_weights(model, dataset, epochs):
    training.fit(model, *dataset.train, epochs=epochs, batch_size=50, shuffle=False, progress=False)
    return model.get_weights()[0][:, 0]

# %% id="keras-run"
reference = fitted(dataset, l1=0.2, l2=0.1).coef_
l2_part = keras.regularizers.L2(0.1)
l1_part = SoftThreshold(0.2, learning_rate=0.05)
model = linear_model(keras.optimizers.SGD(0.05), kernel_regularizer=l2_part, kernel_constraint=l1_part)
ours = trained_weights(model, dataset, epochs=3000)
both = keras.regularizers.L1L2(l1=0.2, l2=0.1)
adam = trained_weights(linear_model(keras.optimizers.Adam(0.01), kernel_regularizer=both), dataset, 2000)
print("exact zeros:", np.sum(ours == 0), " ElasticNet:", np.sum(reference == 0))
print("the same weights:", np.array_equal(ours == 0, reference == 0))
print("largest difference below 1e-5:", np.abs(ours - reference).max() < 1e-5)
print("exact zeros with L1L2 and Adam:", np.sum(adam == 0))

# %% [markdown] lang="ja" id="keras-seen" claims="05-keras-equals-elastic-net"
# ちょうど0になった重みは、`ElasticNet`と同じ12個です。ほかの重みの差も0.00001に届きません。換算の式は正しかったのです。一方、`L1L2`とAdamの組み合わせでは、ちょうど0の重みは0個でした。データと初期の重みを変えた4つのシードでも、すべて同じ結果です。
#
# 学習率は0.05にしました。前の課の上限に、L2の分が加わります。$1/(2\mu_{\max} + 2\lambda_2)$より小さければ安全です。$\mu_{\max}$は行列$X^\top X/n$の最大の固有値で、$X$は訓練データの特徴量を並べた行列です。似た特徴量が並ぶと固有値は大きくなるので、学習率は前の課より小さくなります。
# %% [markdown] lang="en" id="keras-seen" claims="05-keras-equals-elastic-net"
# Exactly the same 12 weights are 0 as in `ElasticNet`, and the others differ by less than 0.00001: the conversion holds. With `L1L2` and Adam, on the other hand, the number of weights that are exactly 0 is 0. It was so for 4 seeds with other data and other initial weights.
#
# The learning rate is 0.05. The L2 part joins the limit of the previous lesson: below $1/(2\mu_{\max} + 2\lambda_2)$ you are safe, where $\mu_{\max}$ is the largest eigenvalue of the matrix $X^\top X/n$ and $X$ the matrix of the training features. Similar features make for large eigenvalues, which is why the learning rate is smaller than last time.

# %% [markdown] lang="ja" id="ex-convert" tags=["exercise"]
# ### 練習2　逆向きに換算する
#
# ある論文は`ElasticNet(alpha=0.5, l1_ratio=0.4)`を使っています。Kerasの`L1L2`では、`l1`と`l2`をいくつにすればよいでしょうか。`answer = (l1, l2)`の形で答えてください。
#
# <details><summary>ヒント</summary>
#
# 実験3の式の左半分に代入します。答え合わせには`elastic_net_strengths`が使えます。
#
# </details>
# %% [markdown] lang="en" id="ex-convert" tags=["exercise"]
# ### Exercise 2: convert the other way
#
# A paper uses `ElasticNet(alpha=0.5, l1_ratio=0.4)`. What are `l1` and `l2` for Keras' `L1L2`? Answer in the form `answer = (l1, l2)`.
#
# <details><summary>Hint</summary>
#
# Put the numbers into the left half of the formulas of experiment 3. `elastic_net_strengths` will tell you whether you were right.
#
# </details>

# %% id="ex-convert-answer" tags=["exercise"]
answer = ...

# %% id="ex-convert-solution" tags=["solution"]
answer = (2 * 0.5 * 0.4, 0.5 * (1 - 0.4))

# %% id="ex-convert-check" tags=["check"]
check("05-convert", answer)

# %% [markdown] lang="ja" id="copies-question"
# ## 実験4　完全なコピーなら？
#
# 相関係数を1にすると、グループの4個はまったく同じ列になります。この場合、L1の解を2つの方法で求めてみます。scikit-learnの`ElasticNet`（L2の分は0）と、Kerasの`SoftThreshold`です。どちらも正しく解きます。
#
# **予想してみよう**　4つの重みは、2つの方法で同じになるでしょうか。予測は同じになるでしょうか。
# %% [markdown] lang="en" id="copies-question"
# ## Experiment 4: what about exact copies?
#
# With a correlation of 1, the 4 features of a group are one and the same column. Let us solve this L1 problem in two ways, with scikit-learn's `ElasticNet` (without an L2 part) and with Keras' `SoftThreshold`. Both are correct.
#
# **Make a guess.** Will the two find the same 4 weights? Will they make the same predictions?

# %% id="copies-run"
copies = data.correlated_regression(correlation=1, seed=0)
lasso = fitted(copies, l1=0.2, l2=0).coef_
l1_part = SoftThreshold(0.2, learning_rate=0.05)
model = linear_model(keras.optimizers.SGD(0.05), kernel_constraint=l1_part)
keras_lasso = trained_weights(model, copies, epochs=4000)
elastic = fitted(copies, l1=0.2, l2=0.1).coef_
rows = {"scikit-learn, L1": lasso, "Keras, L1": keras_lasso, "Elastic Net": elastic}
for name, weights in rows.items():
    print(f"{name:17}", np.round(weights[:4], 2), " sum", round(float(weights[:4].sum()), 2))
same = np.abs(copies.test.x @ (lasso - keras_lasso)).max() < 1e-3
print("L1: the same predictions:", same)

# %% [markdown] lang="ja" id="copies-seen" claims="05-exact-copies-have-no-single-solution"
# scikit-learnは1個にすべての重みを与え、Kerasは4個に分けました。分け方はまったく違うのに、和は同じで、テストデータでの予測の差も0.001未満です。**どちらも正しい解**なのです。上の表のとおり、L1にとってはどの分け方も同じ値段だからです。解が1つに決まらないとき、どの解が出てくるかは計算の手順で決まります（scikit-learnは重みを1つずつ、Kerasは全部を同時に動かします）。
#
# Elastic Netでは、4個がぴったり同じ重みになります。等しく分けるのがいちばん安いので、解は1つしかありません。3つのシードで、いつもこうなりました。
#
# 重みを読むなら、まず特徴量どうしの相関を調べてください。
# %% [markdown] lang="en" id="copies-seen" claims="05-exact-copies-have-no-single-solution"
# scikit-learn gives all of the weight to one feature, Keras spreads it over four. The splits could hardly differ more, yet the sums are the same, and the predictions on the test data differ by less than 0.001. **Both solutions are right**: as the table showed, every split costs L1 the same. Where there is no single solution, the way of computing decides which one you get (scikit-learn moves the weights one at a time, Keras all together).
#
# With the Elastic Net all 4 weights are the same. Equal shares are the cheapest, so there is just one solution. It was so for 3 seeds.
#
# Before you read meaning into weights, look at how your features are correlated.

# %% [markdown] lang="ja" id="paths-question"
# ## 実験5　2つのパスを並べる
#
# $\lambda_1$を大きい値から小さい値へ30段階で変え、重みの動きを追います。左はL1だけ、右は$\lambda_2 = 0.1$を足したElastic Netです。
#
# **予想してみよう**　グループの線は、左と右でどんなふうに違うでしょうか。
# %% [markdown] lang="en" id="paths-question"
# ## Experiment 5: two paths side by side
#
# We take $\lambda_1$ from large to small in 30 steps and follow the weights: on the left with L1 alone, on the right with the Elastic Net, $\lambda_2 = 0.1$.
#
# **Make a guess.** How will the lines of a group differ between left and right?

# %% id="paths-run"
path, groups = np.geomspace(3, 0.01, 30), np.repeat([1, 2, 3, 0], [4, 4, 4, 18])
fig, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained", sharey=True)
for ax, l2, name in zip(axes, [0, 0.1], ["L1", "Elastic Net"], strict=True):
    weights = [fitted(dataset, l1, l2).coef_ for l1 in path]
    plots.plot_coefficient_path(path, weights, groups=groups, ax=ax).set_title(name, loc="left", pad=40)
    ax.set_xlabel(text("strength_l1"))

# %% [markdown] lang="ja" id="paths-seen" claims="05-paths-of-a-group-stay-together"
# 色の付いた線が3つのグループの4本ずつで、真の重みは、グループ1（青い実線）が1、グループ2（橙色の一点鎖線）が$-0.75$、グループ3（緑の点線）が0.5です。灰色の破線が残りの18個です。横軸の右端が強い正則化、左へ行くほど弱くなります。
#
# 左のL1では、同じグループの線がばらばらに分かれます。右端では、グループ1の重みを1本だけが受け持ち（2.9）、残りの3本は0です。$\lambda_1$が小さくなると、その1本は0まで下がり、別の2本が2.3と1.7まで伸びます。グループ3には、0の反対側へ突き抜ける線まであります。真の重みは4本とも同じなのに、です。右のElastic Netでは、同じグループの4本が束になって動き、真の重みの近くに落ち着きます。
#
# グループの中の最大と最小の差が、パス全体でどこまで広がるかを測りました。シードを変えても、どのグループでもL1のほうが広がり、平均するとElastic Netの4倍以上でした。符号が真の重みと逆になった重みは、L1では珍しくありませんが、Elastic Netでは1つもありませんでした。
# %% [markdown] lang="en" id="paths-seen" claims="05-paths-of-a-group-stay-together"
# Colored lines are the features in groups, 4 lines each: the true weights are 1 in group 1 (solid blue), $-0.75$ in group 2 (dash-dotted orange) and 0.5 in group 3 (dotted green). Dashed gray lines are the 18 others. Regularization is strong at the right end and gets weaker toward the left.
#
# With L1 (left), the lines of a group go their separate ways. At the right edge, one line of group 1 carries all of its weight (2.9), and the 3 others are 0. As $\lambda_1$ gets small, that one falls to 0, while two others climb to 2.3 and 1.7. In group 3 a line even crosses to the wrong side of 0. And yet the true weights of a group are all the same. With the Elastic Net (right), the 4 lines of a group travel as a bundle and settle near their true weight.
#
# How far apart do the largest and the smallest weight of a group get along the whole path? With other seeds, too, it was farther with L1 for every group, on average more than 4 times as far as with the Elastic Net. Weights with the wrong sign were no rarity with L1; with the Elastic Net there were none.

# %% [markdown] lang="ja" id="map-question"
# ## 実験6　2つの強さを選ぶ
#
# 強さが2つになったので、候補は線ではなく面に並びます。$\lambda_1$と$\lambda_2$を8段階ずつ、64通りの組み合わせで訓練し、検証データでの誤差を色で表します。このような図を**ヒートマップ**（heat map）といいます。下の端の行（$\lambda_1 = 0$）はL2だけ、左の端の列（$\lambda_2 = 0$）はL1だけです。
#
# **予想してみよう**　誤差がいちばん小さいのは、端でしょうか、内側でしょうか。
# %% [markdown] lang="en" id="map-question"
# ## Experiment 6: choosing two strengths
#
# With two strengths, the candidates form a plane instead of a line. We take 8 values of $\lambda_1$ and 8 of $\lambda_2$, fit all 64 combinations, and show the error on the validation data as a color: a **heat map**. The bottom row ($\lambda_1 = 0$) is L2 alone, the left column ($\lambda_2 = 0$) L1 alone.
#
# **Make a guess.** Will the lowest error lie on an edge or inside?

# %% id="map-run"
l1_values = [0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1]
l2_values = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]


def error_map(dataset, part, fit=fitted):
    models = [[fit(dataset, l1, l2) for l2 in l2_values] for l1 in l1_values]
    return np.array([[np.mean((m.predict(part.x) - part.y) ** 2) for m in row] for row in models])


errors = error_map(dataset, dataset.validation)
plots.plot_heatmap(l1_values, l2_values, errors, text("validation_error"));

# %% [markdown] lang="ja" id="map-seen"
# 濃い色ほど誤差が小さく、橙色の枠が最小のところです。このデータでは$\lambda_1 = 0.1$、$\lambda_2 = 0.03$、つまり**内側**にあります。下の端（L2だけ）の最小は1.77、左の端（L1だけ）の最小は1.71、枠の中は1.70です。
#
# この枠の位置を、どこまで信じてよいでしょうか。同じ真の重みから、データを5回作り直してみましょう。
#
# **予想してみよう**　枠は、いつも同じところに来るでしょうか。
# %% [markdown] lang="en" id="map-seen"
# Darker is lower, and the orange frame marks the minimum. For these data it is at $\lambda_1 = 0.1$, $\lambda_2 = 0.03$, **inside** the map. The lowest error is 1.77 in the bottom row (L2 alone), 1.71 in the left column (L1 alone) and 1.70 in the frame.
#
# How far can we trust the place of this frame? Let us draw the data anew, 5 times, from the same true weights.
#
# **Make a guess.** Will the frame always be in the same place?

# %% id="map-again"
for seed in range(1, 6):
    again = data.correlated_regression(seed=seed)
    errors = error_map(again, again.validation)
    i, j = np.unravel_index(errors.argmin(), errors.shape)
    near = [np.sum(errors < (1 + margin) * errors.min()) for margin in (0.05, 0.2)]
    print(f"λ1 = {l1_values[i]}, λ2 = {l2_values[j]}: within 5% {near[0]:2}, within 20% {near[1]:2} of 64")

# %% [markdown] lang="ja" id="map-again-seen" claims="05-the-best-pair-is-a-matter-of-chance"
# 真の重みは同じなのに、枠は動きます。10のシードで試すと、6か所以上に散らばりました。最小の誤差との差が5%以内に収まる組み合わせは、実験の最初のデータでは24個もありましたが、たいていは10個前後かそれより少なく、2個か3個しかないこともあります。谷がいつも広くて平らなわけではありません。
#
# それでも、枠の位置を細かく気にしても意味はありません。検証データは50行しかないので、平均二乗誤差そのものに20%ほどの不確かさ（標準誤差）があるからです。最小の誤差との差が20%以内の組み合わせなら、どのシードでも10個以上ありました。**選んだ組み合わせは、正解ではなく目安**です。
#
# シードを変えても変わらなかったことが1つあります。枠は、下の端（L2だけ）には一度も来ませんでした。
# %% [markdown] lang="en" id="map-again-seen" claims="05-the-best-pair-is-a-matter-of-chance"
# The true weights are the same, and yet the frame moves. For 10 seeds it was in 6 places or more. The number of combinations within 5% of the lowest error was 24 for the first data of this experiment, but as a rule it is around 10 or less, and sometimes only 2 or 3. The valley is not always wide and flat.
#
# All the same, there is no point in fussing over the exact place of the frame. The validation data have only 50 rows, so that the mean squared error itself is uncertain by about 20% (its standard error). And for every seed at least 10 combinations were within 20% of the lowest error. **The pair you choose is not the right answer, but a good guess.**
#
# One thing did not change with the seed: the frame was never in the bottom row (L2 alone).

# %% [markdown] lang="ja" id="compare-question"
# ## 実験7　予測はよくなるのか
#
# 最後に、公平に比べます。12のシードのそれぞれで、検証データで強さを選び、選んだモデルだけをテストデータで1回測ります。テストデータにはノイズがないので、平均二乗誤差は、真の値からの距離（2乗の平均）になります。L1とL2は8通りから、Elastic Netは64通りから選びます。
#
# **予想してみよう**　Elastic Netは、L1やL2よりどのくらいよくなるでしょうか。
# %% [markdown] lang="en" id="compare-question"
# ## Experiment 7: are the predictions better?
#
# Finally, a fair comparison. For each of 12 seeds we choose the strengths on the validation data, and measure only the chosen model on the test data, once. The test data have no noise, so the mean squared error is the distance from the truth (a mean of squares). L1 and L2 choose among 8 values each, the Elastic Net among 64 pairs.
#
# **Make a guess.** How much better than L1 and L2 will the Elastic Net be?

# %% id="compare-run"
def chosen_test_errors(seed):
    dataset = data.correlated_regression(seed=seed)
    validation, test = (error_map(dataset, part) for part in (dataset.validation, dataset.test))
    l2_column, l1_row = validation[0].argmin(), validation[:, 0].argmin()
    best = np.unravel_index(validation.argmin(), validation.shape)
    return {"L1": test[l1_row, 0], "L2": test[0, l2_column], "Elastic Net": test[best]}


scores = pd.DataFrame([chosen_test_errors(seed) for seed in range(12)])
scores.agg(["mean", "std"]).round(2)

# %% [markdown] lang="ja" id="compare-seen" claims="05-better-than-l2-hardly-better-than-l1"
# テストデータでの誤差は、この実行ではL2が0.60 ± 0.16、L1が0.33 ± 0.06、Elastic Netが0.30 ± 0.08です（平均 ± 標準偏差。シードはデータのすべてを変えます）。実験6の1.70よりずっと小さいのは、検証データの目的変数に分散1のノイズが入っているからです。真の重みを使っても、検証データでの誤差は平均して1ほどになります。
#
# シードごとに比べると、Elastic Netは12回とも**L2よりよく**、差は平均で0.31ありました。L1と比べると、よくなったのは7回、同じが3回、悪くなったのが2回で、差は平均で0.03しかありません。誤差の大きさはシードによって変わりますが、別のシードでも、Elastic NetはほとんどいつもL2よりよく、L1との差は平均でL2との差の3分の1にもなりませんでした。
#
# 正直に言えば、**この選び方では、予測の点でL1とあまり変わりません**。効く特徴量は30個中12個もありますが、グループの4個はほとんど同じなので、実質は3つの方向しかありません。L1のように各グループから数個だけを残しても、予測には足りるのです。また、64通りもの候補から選ぶと、選んだ強さが検証データに合いすぎることもあり得ます。
#
# それでもElastic Netを使う理由は、実験1と実験5で見たことにあります。重みが安定し、似た特徴量がまとまって残ることです。**重みを読みたいなら、大きな違いがあります。** 予測のほうには、まだ続きがあります。
# %% [markdown] lang="en" id="compare-seen" claims="05-better-than-l2-hardly-better-than-l1"
# In this run, the test errors are 0.60 ± 0.16 for L2, 0.33 ± 0.06 for L1 and 0.30 ± 0.08 for the Elastic Net (mean ± standard deviation; a seed changes all of the data). They are so much lower than the 1.70 of experiment 6 because the targets of the validation data contain noise with variance 1: even the true weights would, on average, have an error of about 1 there.
#
# Seed by seed, the Elastic Net was **better than L2** all 12 times, by 0.31 on average. Compared with L1, it was better 7 times, equal 3 times and worse twice, with an average difference of only 0.03. The size of the errors depends on the seeds, but with others, too, the Elastic Net was nearly always better than L2, and its mean difference from L1 was less than a third of that from L2.
#
# To be frank, **chosen in this way, it predicts not much better than L1**. Although 12 of the 30 features matter, the 4 of a group are almost the same, so that the 12 amount to three directions. Keep just a few features of each group, as L1 does, and you can predict well. Besides, with 64 pairs to choose from, the chosen one may fit the validation data too closely.
#
# The reason to use the Elastic Net is what you saw in experiments 1 and 5: weights are stable, and similar features stay together. **If you want to read the weights, it makes a great difference.** As for predictions, the story goes on.

# %% [markdown] lang="ja" id="naive-question"
# ## 実験8　二度縮んだ重み
#
# ここまでElastic Netと呼んできたものは、ZouとHastieの2005年の論文では**ナイーブなElastic Net**（naive elastic net）と呼ばれています。Kerasの`L1L2`も、scikit-learnの`ElasticNet`も、これを解きます。2人は、これでは重みが二度縮むことに気づきました。重みが1つで、特徴量の二乗の平均が1のとき、ペナルティなしの解を$z$とすると、解は次のとおりです。$S$は[前の課](04_l1.ipynb)のソフトしきい値関数です。
#
# $$w = \frac{S(z,\ \lambda_1/2)}{1 + \lambda_2}$$
#
# 分子がL1による縮み、分母がL2による縮みです。そこで2人は、求めた重みを最後に$1 + \lambda_2$倍して、L2による縮みを戻しました。論文で単にElastic Netというのは、この戻したものです。0は何倍しても0なので、選ばれる特徴量は変わりません。
#
# $\lambda_1 = 0.2$のまま、$\lambda_2$を0.001から1まで変えます。先頭の12個の重みの合計（負の真の重みについては符号を逆にします）が、真の重みの合計の何倍になるかを描きます。左は12個に相関がないデータ、右はこれまでのデータです。
#
# **予想してみよう**　$1 + \lambda_2$倍すると、重みは、どちらの図でもL1だけのときの大きさに戻るでしょうか。
# %% [markdown] lang="en" id="naive-question"
# ## Experiment 8: weights that shrank twice
#
# What we have called the Elastic Net so far is, in the paper by Zou and Hastie (2005), the **naive elastic net**. It is what Keras' `L1L2` and scikit-learn's `ElasticNet` solve. The two noticed that it shrinks weights twice. For a single weight and a feature whose mean square is 1, let $z$ be the solution without a penalty. Then, with the soft threshold $S$ of the [previous lesson](04_l1.ipynb), the solution is
#
# $$w = \frac{S(z,\ \lambda_1/2)}{1 + \lambda_2}$$
#
# The numerator is the shrinkage by L1, the denominator that by L2. So Zou and Hastie multiply the weights that were found by $1 + \lambda_2$, which undoes the shrinkage by L2. This is what their paper calls the elastic net. A 0 remains 0, so the same features are selected.
#
# We keep $\lambda_1 = 0.2$ and take $\lambda_2$ from 0.001 to 1. The figure shows the sum of the first 12 weights (with the sign reversed where the true weight is negative) as a multiple of the sum of the true ones: on the left for data in which the 12 are not correlated, on the right for the data used so far.
#
# **Make a guess.** Will the factor $1 + \lambda_2$ bring the weights back to the size they have with L1 alone, in both figures?

# %% id="naive-run"
def share(dataset, l2):
    return fitted(dataset, 0.2, l2).coef_ @ np.sign(truth) / np.abs(truth).sum()


l2_path = np.geomspace(0.001, 1, 16)
fig, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained", sharey=True)
for ax, correlation in zip(axes, [0, 0.99], strict=True):
    problem = data.correlated_regression(correlation=correlation, seed=0)
    naive = np.array([share(problem, l2) for l2 in l2_path])
    lines = {text("naive_elastic_net"): naive, text("rescaled_elastic_net"): (1 + l2_path) * naive}
    plots.plot_validation_curve(l2_path, lines, text("share_of_true_weights"), ax=ax)
    ax.axhline(share(problem, 0), color="black", linestyle=":", label=text("l1_alone"))
    ax.set(title=text("correlation_is", value=correlation), xlabel=text("strength_l2"))
    ax.legend(frameon=False, loc="upper left")

# %% [markdown] lang="ja" id="naive-seen" claims="05-naive-elastic-net-shrinks-twice"
# 点線がL1だけのときの大きさで、それより下が、L2による余分な縮みです。
#
# - **左（相関なし）**：$\lambda_2 = 1$のナイーブなElastic Net（青い実線）は、L1だけのときの半分ほどまで縮みます。$1 + \lambda_2$倍する（橙色の破線）と、ほぼ元の大きさに戻ります。
# - **右（グループ）**：余分な縮みはずっと小さく、$\lambda_2 = 0.1$では3%ほどです。4個が力を合わせて押し返すので、コピーが$s$個あれば、縮みはおよそ$1 + \lambda_2/s$分の1で済むからです。それなのに$1 + \lambda_2$倍すると戻しすぎになり、この実行の$\lambda_2 = 1$では、真の値の1.6倍にもなります。
#
# 戻しすぎは悪いことばかりではありません。重みはL1のためにも真の値より小さくなっているので、少し戻しすぎれば真の値に近づきます。実験7の選び方を、今度は$1 + \lambda_2$倍したものでやり直しましょう。
#
# **予想してみよう**　テストデータでの誤差は、実験7のElastic Netより小さくなるでしょうか。
# %% [markdown] lang="en" id="naive-seen" claims="05-naive-elastic-net-shrinks-twice"
# The dotted line is the size with L1 alone; what is missing below it is the extra shrinkage by L2.
#
# - **Left (no correlation)**: with $\lambda_2 = 1$, the naive Elastic Net (solid blue) shrinks to about half of the size with L1 alone. The factor $1 + \lambda_2$ (dashed orange) brings it back almost exactly.
# - **Right (groups)**: the extra shrinkage is far smaller, about 3% at $\lambda_2 = 0.1$. The 4 push back together: with $s$ copies, the weights shrink only by about the factor $1 + \lambda_2/s$. Multiply by $1 + \lambda_2$ all the same, and you overshoot, to 1.6 times the truth at $\lambda_2 = 1$ in this run.
#
# To overshoot is not always bad. L1, too, has made the weights smaller than the true ones, so overshooting a little brings them closer to the truth. Let us repeat the choice of experiment 7 with weights that are multiplied by $1 + \lambda_2$.
#
# **Make a guess.** Will the error on the test data be smaller than that of the Elastic Net in experiment 7?

# %% id="rescaled-run"
def rescaled(dataset, l1, l2):
    model, (x, y) = fitted(dataset, l1, l2), dataset.train
    model.coef_ = (1 + l2) * model.coef_
    model.intercept_ = y.mean() - x.mean(axis=0) @ model.coef_
    return model


def rescaled_test_error(seed):
    dataset = data.correlated_regression(seed=seed)
    validation, test = (error_map(dataset, part, rescaled) for part in (dataset.validation, dataset.test))
    return test.flat[validation.argmin()]


scores["Elastic Net, rescaled"] = [rescaled_test_error(seed) for seed in range(12)]
scores.agg(["mean", "std"]).round(2)

# %% [markdown] lang="ja" id="rescaled-seen" claims="05-rescaled-predicts-better"
# 誤差は0.19 ± 0.10になり、ナイーブなElastic Netの0.30よりも、L1の0.33よりも小さくなりました。別のシードでも、平均の誤差はナイーブなものの60%から80%ほどで、たいていのシードで小さくなりました。ですから、実験7の「L1とあまり変わらない」は、ナイーブなElastic Netについての結論です。
#
# いつでもそうなるとは限りません。$\lambda_2$が大きいと戻しすぎることは、右の図で見たとおりです。$1 + \lambda_2$倍するかどうかも、検証データで選ぶことの1つと考えてください。それから、ほかの人の結果と比べるときには、**どちらのElastic Netなのか**を確かめましょう。
# %% [markdown] lang="en" id="rescaled-seen" claims="05-rescaled-predicts-better"
# The error fell to 0.19 ± 0.10, below the 0.30 of the naive Elastic Net and the 0.33 of L1. With other seeds, too, the mean error was about 60% to 80% of the naive one, and it was lower for most seeds. So what experiment 7 found, “not much better than L1”, is true of the naive Elastic Net.
#
# It need not always be so. The right figure showed how a large $\lambda_2$ overshoots. Whether to multiply by $1 + \lambda_2$ is one more thing to choose on validation data. And when you compare your results with those of others, make sure **which of the two Elastic Nets** they used.

# %% [markdown] lang="ja" id="ex-select" tags=["exercise"]
# ### 練習3　温室の主人の望みをかなえる
#
# `l1`と`l2`を選んで`fitted`で解き、得られた重み（`.coef_`）を`answer`に入れてください。条件は2つです。グループの12個が**すべて残る**こと（0でないこと）と、残りの18個のうち**15個以上がちょうど0**になることです。実験1の$(0.2, 0.1)$では、0になったのは12個でした。
#
# <details><summary>ヒント</summary>
#
# 0を増やすのは、2つの強さのうちどちらでしょうか。もう一方は、グループの重みを分け合わせるために残しておきます。
#
# </details>
# %% [markdown] lang="en" id="ex-select" tags=["exercise"]
# ### Exercise 3: grant the owners their wish
#
# Choose `l1` and `l2`, solve the problem with `fitted`, and put the weights (`.coef_`) into `answer`. The goal: **all 12** features in groups are kept (their weights are not 0), and **15 or more** of the other 18 weights are exactly 0. With $(0.2, 0.1)$ in experiment 1, there were 12 zeros.
#
# <details><summary>Hint</summary>
#
# Which of the two strengths makes more zeros? Keep some of the other one, so that the groups go on sharing.
#
# </details>

# %% id="ex-select-answer" tags=["exercise"]
answer = ...  # fitted(dataset, l1=?, l2=?).coef_

# %% id="ex-select-solution" tags=["solution"]
answer = fitted(dataset, l1=0.5, l2=0.1).coef_

# %% id="ex-select-check" tags=["check"]
check("05-select", answer, truth)

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("05")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - **Elastic Net**は、データ損失に$\lambda_1\sum_j \lvert w_j\rvert + \lambda_2\sum_j w_j^2$を加えます。L1の分が要らない重みを0にし、L2の分が似た特徴量に重みを分け合わせます。
# - Kerasでは`L1L2(l1=…, l2=…)`と、必ず2つの値を書きます。値のない`L1L2()`と文字列の`"l1l2"`は、何もしません。
# - 本当の0が欲しいときは、L2を`kernel_regularizer`、L1を`SoftThreshold`にします。scikit-learnの`ElasticNet`と同じ解になります。
# - 完全なコピーがあると、L1の解は1つに決まりません。Elastic Netの解は1つです。
# - 予測の誤差は、この課のデータではL2の半分ほどで、L1とはあまり違いません。大きく違うのは、重みの安定性です。
# - Kerasの`L1L2`もscikit-learnの`ElasticNet`も、重みが二度縮む「ナイーブな」Elastic Netです。ZouとHastieは$1 + \lambda_2$倍して戻しました。この課のデータでは、それで予測もよくなりました。
#
# 前の課は[04　L1正則化](04_l1.ipynb)です。次の課は[06　ドロップアウト](06_dropout.ipynb)です。重みにペナルティを課す代わりに、ユニットを休ませます。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[重みの正則化](https://keras.io/api/layers/regularizers/)
# - scikit-learnのページ：[Elastic-Net](https://scikit-learn.org/stable/modules/linear_model.html#elastic-net)
# - H. Zou, T. Hastie (2005). Regularization and variable selection via the elastic net. Journal of the Royal Statistical Society, Series B 67, 301–320.
# - J. Friedman, T. Hastie, R. Tibshirani (2010). Regularization paths for generalized linear models via coordinate descent. Journal of Statistical Software 33(1), 1–22.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - The **Elastic Net** adds $\lambda_1\sum_j \lvert w_j\rvert + \lambda_2\sum_j w_j^2$ to the data loss. The L1 part makes weights that are not needed 0; the L2 part lets similar features share.
# - In Keras, write `L1L2(l1=…, l2=…)`, always with both values. `L1L2()` without values and the string `"l1l2"` do nothing.
# - For true zeros, use `kernel_regularizer` for L2 and `SoftThreshold` for L1. You get the solution of scikit-learn's `ElasticNet`.
# - With exact copies, the L1 problem has no single solution. The Elastic Net problem has just one.
# - On this lesson's data, the error of the predictions is about half that of L2 and not much different from that of L1. What differs greatly is how stable the weights are.
# - Both Keras' `L1L2` and scikit-learn's `ElasticNet` are the “naive” Elastic Net, which shrinks weights twice. Zou and Hastie undo it by the factor $1 + \lambda_2$. On this lesson's data, that improved the predictions as well.
#
# The previous lesson is [04 L1 regularization](04_l1.ipynb). The next one, [06 Dropout](06_dropout.ipynb), gives units a rest instead of putting a penalty on weights.
#
# ## Read more
#
# - On Keras' pages: [weight regularizers](https://keras.io/api/layers/regularizers/)
# - On scikit-learn's pages: [Elastic-Net](https://scikit-learn.org/stable/modules/linear_model.html#elastic-net)
# - H. Zou, T. Hastie (2005). Regularization and variable selection via the elastic net. Journal of the Royal Statistical Society, Series B 67, 301–320.
# - J. Friedman, T. Hastie, R. Tibshirani (2010). Regularization paths for generalized linear models via coordinate descent. Journal of Statistical Software 33(1), 1–22.
